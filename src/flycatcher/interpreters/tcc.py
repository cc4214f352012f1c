"""tcc, the Tiny C Compiler: ``-run`` compiles and runs at once.

Source: tcc.c and libtcc.c (tcc_parse_args); tried by hand against tcc 0.9.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.markers import Markers

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_VALUES = frozenset(
    {"-o", "-I", "-L", "-l", "-D", "-U", "-x", "-include", "-isystem", "-B", "-m", "-T", "-rpath", "-soname"}
)


class Tcc(Interpreter):
    """tcc -run: a file, or ``-`` for stdin."""

    id = "tcc"
    language = "c"
    names = (r"tcc|(?:x86_64|i386|arm|arm64)-tcc",)
    install = "apt: tcc"
    markers = (Markers(strings=(b"Tiny C Compiler ", b"-run infile [arguments...]")),)

    def read(self, execution: Execution) -> Reading:
        """Read the words; the first file behind -run takes the rest."""
        words = execution.argv
        reading = Reading(self, execution)
        runs, index = False, 1
        while index < len(words):
            word = words[index]
            runs = runs or word.startswith("-run")
            if word == "-" or not word.startswith("-"):
                if runs:
                    reading.program(index, option="-run")
                    return reading
            elif word in _VALUES:
                index += 1
            index += 1
        return reading.end("nothing")
