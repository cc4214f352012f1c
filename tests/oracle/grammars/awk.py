"""The command lines of gawk, mawk and the one true awk."""

from __future__ import annotations

import random
import re

from tests.oracle.harness import Marks, which
from tests.oracle.tables import TableGrammar

BODY = 'BEGIN{system("echo {n} >>" ENVIRON["FC_MARK"])}'
TEXTS = (
    BODY,
    'BEGIN{print "x" | "cat >/dev/null; echo {n} >>" ENVIRON["FC_MARK"]}',
    'BEGIN{("echo {n} >>" ENVIRON["FC_MARK"]) | getline x}',
    'BEGIN {\n  # a comment\n  if ("a|b" ~ /a|b/) system ("echo {n} >>$FC_MARK")\n}\n',
    'END{system("echo {n} >>$FC_MARK")}',
    'BEGIN{printf("%s", 1) | "sh -c \'cat >/dev/null; echo {n} >>$FC_MARK\'"}',
)


class AwkGrammar(TableGrammar):
    """The one true awk."""

    id = "awk"
    template = BODY
    script = "script.awk"
    refusal = re.compile(
        r"(?i)usage:|non-terminated|syntax error|can't open|can't read|cannot open|not an option|unrecognized|requires an argument|"
        r"no program|improper|incompatible|newline in string|ambiguous|is not a legal|invalid|vacuous|not supported|expected|fatal|unexpected|error"
    )
    values = ("x=1", ":", "none.awk", "-")
    never = frozenset({"-D", "--debug"})
    more = (
        ("{code}",), ("{code}",), ("-f", "-"), ("-f", "/dev/stdin"), ("-f/dev/fd/0",), ("-f", "script.awk"), ("-v",
        "x={code}"), ("-F", "{code}"),
        ("--", "{code}"), ("-safe",), ("--version",), ("-d",), ("-", "{code}"), ("-z",), ("-F:", "-vx=1"),
    )  # fmt: skip

    def programs(self) -> list[str]:
        """Return original-awk."""
        return which("original-awk")

    def text(self, rng: random.Random, marks: Marks) -> str:
        """Make a program that starts a command."""
        return marks(rng.choice(TEXTS))


class GawkGrammar(AwkGrammar):
    """gawk."""

    id = "gawk"
    more = (
        *AwkGrammar.more, ("-e", "{code}"), ("--source", "{code}"), ("--source={code}",), ("--so={code}",),
        ("-E", "script.awk", "{code}"), ("-i", "script.awk", "{code}"), ("-W", "source={code}"), ("-Wposix",), ("-S",), ("-o-",),
        ("-g",), ("--profile",), ("-E/dev/stdin",),
    )  # fmt: skip

    def programs(self) -> list[str]:
        """Return gawk."""
        return which("gawk")


class MawkGrammar(AwkGrammar):
    """mawk."""

    id = "mawk"
    more = (
        *AwkGrammar.more, ("-W", "exec", "script.awk"), ("-We", "/dev/stdin"), ("-Wi",), ("-W", "dump",
        "{code}"), ("-Wv",), ("--dump", "{code}"),
        ("-W", "x", "{code}"), ("-W", "random=3"), ("--help",),
    )  # fmt: skip

    def programs(self) -> list[str]:
        """Return mawk."""
        return which("mawk")
