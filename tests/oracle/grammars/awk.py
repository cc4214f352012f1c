"""The command lines of gawk, mawk and the one true awk."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import ClassVar

from flycatcher.core.interpreters.text_tools.awk import BUSYBOX
from tests.oracle.harness import Case, Marks, which
from tests.oracle.tables import TableGrammar

RULE = re.compile(r"(?<!^)(?=(?:BEGIN|END) ?\{)")
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

    def woken(self, case: Case) -> Case:
        """Give each rule a line of its own: letters in front of it make its pattern another one, which may be false."""
        return replace(case, argv=[RULE.sub("\n", word) for word in case.argv])


class BusyboxAwkGrammar(AwkGrammar):
    """BusyBox's awk, by its name in the first word."""

    id = "busybox"
    options = BUSYBOX
    refusal = re.compile(
        AwkGrammar.refusal.pattern + r"|unexpected token|unknown builtin|no such file|is a directory|empty char class"
    )
    more = (
        *AwkGrammar.more,
        ("-e", "{code}"),
        ("-e{code}",),
        ("-W", "version"),
        ("-Wexec", "{code}"),
        ("-vx=1", "-e", "{code}"),
        ("--help",),
        ("-fscript.awk", "-e{code}"),
    )

    def programs(self) -> list[str]:
        """Return busybox."""
        return which("busybox")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Name the applet, in argv[0] or in front of its own words."""
        case = super().case(rng, marks, program)
        if rng.random() < 0.3:
            return replace(case, argv0="awk")
        return replace(case, argv=["busybox", "awk", *case.argv[1:]])


class GawkGrammar(AwkGrammar):
    """gawk."""

    id = "gawk"
    more = (
        *AwkGrammar.more, ("-e", "{code}"), ("--source", "{code}"), ("--source={code}",), ("--so={code}",),
        ("-E", "script.awk", "{code}"), ("-i", "script.awk", "{code}"), ("-W", "source={code}"), ("-Wposix",), ("-S",), ("-o-",),
        ("-g",), ("--profile",), ("-E/dev/stdin",), ("--file=script.awk",), ("--exec=script.awk",), ("--exec", "/dev/stdin"), ("--inc=script.awk",), ("-ve={code}", "{code}"),
        ("-lnone",), ("-lfilefuncs", "{code}"), ("-e", "{code}", "-f", "/dev/stdin"), ("-f", "-", "-e{code}"), ("-Wsource={code}",), ("-We", "{code}"), ("-P", "-e", "{code}"),
        ("-Lfatal", "{code}"), ("-di",), ("-p/dev/null",), ("-o/dev/null", "{code}"), ("-tce", "{code}"), ("--lint=invalid", "-e{code}"), ("-e", ""), ("-e", "# x"), ("-f", ""), ("-f", "stdin"), ("-f0",),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "POSIXLY_CORRECT": ("1", ""),
        "AWKPATH": (".", "/dev", "/dev/fd"),
        "GAWK_READ_TIMEOUT": ("1",),
    }

    def programs(self) -> list[str]:
        """Return gawk."""
        return which("gawk")


class MawkGrammar(AwkGrammar):
    """mawk."""

    id = "mawk"
    more = (
        *AwkGrammar.more, ("-W", "exec", "script.awk"), ("-We", "/dev/stdin"), ("-Wi",), ("-W", "dump",
        "{code}"), ("-Wv",), ("--dump", "{code}"),
        ("-W", "x", "{code}"), ("-W", "random=3"), ("--help",), ("-Wexec=script.awk", "/dev/stdin"), ("-We=x", "{code}"), ("--exec", "script.awk"),
        ("-W", "interactive", "{code}"), ("--source", "{code}"), ("-Wposix_space",), ("-Ws=9", "{code}"),
    )  # fmt: skip
    variables: ClassVar[dict[str, tuple[str, ...]]] = {
        "MAWK_LONG_OPTIONS": ("ignore", "warn", "allow", "error", "i", "")
    }

    def programs(self) -> list[str]:
        """Return mawk."""
        return which("mawk")
