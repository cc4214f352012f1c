"""Tcl: tclsh, wish and jimsh.

Source: tclMain.c (Tcl_MainEx), tkMain.c (Tk_MainEx) and jimsh.c; checked with marker code against tclsh 8.6, wish and
jimsh only by their sources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, CommandLine, Options, parse

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Tcl(Interpreter):
    """tclsh and wish have no option for program text: a first word with a dash is left to the program that stdin holds."""

    id = "tcl"
    language = "tcl"
    names = (r"tclsh(?:\d[\d.]*)?", r"wish(?:\d[\d.]*)?", r"tclkit(?:sh)?[\d.]*")
    verified = ("8.6.13",)
    install = "apt: tcl"

    def read(self, execution: Execution) -> Reading:
        """Read an execution as Tcl_MainEx does: ``-encoding NAME FILE``, a first word without a dash, else stdin."""
        words = execution.argv
        script = 0
        if len(words) > 3 and words[1] == "-encoding" and words[3][:1] != "-":
            script = 3
        elif len(words) > 1 and words[1][:1] != "-":
            script = 1
        elif len(words) > 2 and _wish(execution) and _is_file(words[1]) and words[2][:1] != "-":
            script = 2
        reading = Reading(self, execution, CommandLine([], list(range(script or 1, len(words)))))
        if script:
            reading.program(script, dash=False)
        else:
            reading.stdin(explicit=False)
        return reading


def _wish(execution: Execution) -> bool:
    """Tell whether it is wish, which still takes ``-file NAME``."""
    return (execution.exe or execution.argv[0]).rpartition("/")[2].startswith("wish")


def _is_file(word: str) -> bool:
    """Tell whether a word abbreviates ``-file``."""
    return len(word) > 1 and "-file".startswith(word)


class Jim(Interpreter):
    """jimsh: ``-e`` takes program text, ``-`` is stdin."""

    id = "jim"
    language = "tcl"
    names = (r"jimsh(?:[\d.]*)?",)
    install = "apt: jimsh"
    options = Options(
        short={"e": CODE},
        long={"--version": EXIT, "--help": EXIT},
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the first word only: jimsh looks at no other."""
        words = execution.argv
        if words[1:2] == ("-",):
            return CommandLine([], list(range(1, len(words))))
        return parse(self.options, words)
