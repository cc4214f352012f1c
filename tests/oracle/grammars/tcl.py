"""The command lines of tclsh and expect."""

from __future__ import annotations

import re
from typing import ClassVar

from tests.oracle.harness import which
from tests.oracle.tables import TableGrammar

BODY = "set f [open $env(FC_MARK) a]; puts $f {n}; close $f;"


class TclGrammar(TableGrammar):
    """tclsh; wish needs a display."""

    id = "tcl"
    template = BODY
    script = "script.tcl"
    soup = 0.0
    variables: ClassVar[dict[str, tuple[str, ...]]] = {"TCLLIBPATH": (".",), "TCL_LIBRARY": ("none", "")}
    refusal = re.compile(r"couldn't read file|unknown encoding|illegal operation on a directory")
    more = (
        ("-encoding", "utf-8"), ("-encoding",), ("-c", "{code}"), ("-e", "{code}"), ("-file",), ("-f",), ("-geometry",
        "1x1"), ("{code}",),
        ("-encoding", "utf-8", "script.tcl"), ("-encoding", "utf-8", "-"), ("-sync",),
    )  # fmt: skip

    def programs(self) -> list[str]:
        """Return tclsh."""
        return which("tclsh", "tclsh8.6")


class ExpectGrammar(TableGrammar):
    """expect."""

    id = "expect"
    template = BODY
    script = "script.exp"
    refusal = re.compile(
        r"usage:|invalid command name|invalid option|couldn't read file|couldn't open|requires an argument|"
        r"not found|illegal operation"
    )
    never = frozenset({"-D"})
    values = ("none.exp",)
    more = (
        ("-c", "{code}"),
        ("-c{code}",),
        ("-nc", "{code}"),
        ("-D0",),
        ("-n-",),
        ("-", "-c", "{code}"),
        ("-f", "-"),
        ("-b", "script.exp"),
    )

    def programs(self) -> list[str]:
        """Return expect."""
        return which("expect")

    def refused(self, code: int, printed: str) -> bool:
        """Count a text that fails as refused: expect then exits with 0."""
        return "invalid command name" in printed or super().refused(code, printed)
