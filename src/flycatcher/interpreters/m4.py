"""m4: a macro processor whose ``syscmd`` and ``esyscmd`` start commands.

Source: src/m4.c (main, getopt_long) and src/builtin.c of GNU M4; checked with marker code against m4 1.4.19.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.markers import Markers
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_COMMAND = re.compile(r"(?:m4_)?e?syscmd\b")
_DEFINE = Option("value", "code")


class M4(Host):
    """m4: macro text on stdin and in -D that starts a command."""

    id = "m4"
    language = "m4"
    names = (r"g?m4",)
    install = "apt: m4"
    markers = (Markers(strings=(b"\0M4PATH\0", b"esyscmd\0")),)
    verified = ("1.4.19",)
    hint = re.compile(r"syscmd|\n-(?:\n|$)|^[^\n]*$|\n-", re.DOTALL)
    options = Options(
        short={
            "D": _DEFINE,
            **each("BHILNRSTUlto", VALUE),
            "F": VALUE,
            **each("EeGgiPQsW", FLAG),
            "d": Option("attached"),
        },
        long={
            "--define": _DEFINE,
            **each(("--include", "--undefine", "--freeze-state", "--reload-state", "--trace", "--debugfile"), VALUE),
            **each(("--arglength", "--nesting-limit", "--hashsize", "--warn-macro-sequence"), Option("attached")),
            **each(("--gnu", "--traditional", "--prefix-builtins", "--synclines", "--fatal-warnings", "--quiet"), FLAG),
            **each(("--silent", "--interactive"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        abbreviations=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read definitions, then stdin where no file is given; only text that starts a command counts."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        last = command.operands[-1] if command.operands else len(execution.argv)
        for given in command.given:
            if given.index < last and given.option.role == "code" and _COMMAND.search(given.value or ""):
                reading.code(given)
        words = [execution.argv[index] for index in command.operands]
        if (not words or "-" in words) and _COMMAND.search(execution.stdin_text or ""):
            reading.stdin(explicit=False)
        return reading.end("script")
