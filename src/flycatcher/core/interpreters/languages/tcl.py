"""Tcl: tclsh, wish and jimsh.

Source: tclMain.c (Tcl_MainEx), tkMain.c (Tk_MainEx) and jimsh.c; checked with marker code against tclsh 8.6 and jimsh 0.81,
wish only by its source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter, StartFile
from flycatcher.core.interpreters.engine.options import CommandLine, Options
from flycatcher.core.interpreters.engine.paths import descriptor_of, planted_path
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


TCL_LIBRARY = StartFile("TCL_LIBRARY", "{}/init.tcl")
"""The folder from whose ``init.tcl`` every Tcl interpreter is made (tclBasic.c, Tcl_Init)."""


_INDEXES = ("pkgIndex.tcl", "tclIndex")
"""Files of a library's folder that are evaluated: where a package, or a command, is asked for that is not known (package(n),
library(n))."""


def read_packages(reading: Reading) -> None:
    """Read TCLLIBPATH, a list of folders in which packages and commands are looked for: what lies where anyone may write."""
    for folder in reading.execution.env.get("TCLLIBPATH", "").replace("{", " ").replace("}", " ").split():
        if path := planted_path((folder,), _INDEXES, reading.execution):
            reading.load(path, variable="TCLLIBPATH")


class Tcl(Interpreter):
    """tclsh and wish have no option for program text: a first word with a dash is left to the program that stdin holds."""

    id = "tcl"
    language = "tcl"
    in_variables = True
    names = (r"tclsh(?:\d[\d.]*)?", r"wish(?:\d[\d.]*)?", r"tclkit(?:sh)?[\d.]*")
    variables = ("TCL_LIBRARY", "TCLLIBPATH")
    verified = ("8.6.13",)
    install = "apt: tcl"
    start_files = (TCL_LIBRARY,)
    options = Options(parser="own")

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
        self.read_loads(reading, CommandLine([], []))
        read_packages(reading)
        if script:
            reading.program(script, dash=False)
        else:
            reading.stdin(explicit=False)
        return reading


def _wish(execution: Execution) -> bool:
    """Whether it is wish, which still takes ``-file NAME``."""
    return (execution.exe or execution.argv[0]).rpartition("/")[2].startswith("wish")


def _is_file(word: str) -> bool:
    """Whether a word abbreviates ``-file``."""
    return len(word) > 1 and "-file".startswith(word)


class Jim(Interpreter):
    """jimsh looks at its first word alone: ``-e`` takes program text, ``-`` is stdin, anything else a file."""

    id = "jim"
    language = "tcl"
    names = (r"jimsh(?:[\d.]*)?",)
    install = "apt: jimsh"
    verified = ("0.81",)
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the first word. A file is read up to the size that it says, so a pipe's path gives nothing."""
        words = execution.argv
        first = words[1] if len(words) > 1 else None
        reading = Reading(self, execution, CommandLine([], list(range(1, len(words)))))
        if first is None:
            reading.stdin(explicit=False)
        elif first in ("--version", "--help"):
            return reading.finish("prints")
        elif first == "-e" and len(words) > 2:
            reading.add("argument", words[2], index=2, option="-e")
        elif first == "-" or execution.stdin == "file" or descriptor_of(first, execution) != 0:
            reading.program(1)
        return reading.finish("nothing")
