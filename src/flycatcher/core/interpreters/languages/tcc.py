"""tcc, the Tiny C Compiler: ``-run`` compiles and runs at once.

Source: tcc.c and libtcc.c (tcc_parse_args); checked with marker code against tcc 0.9.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_VALUES = frozenset({
    "-o", "-I", "-L", "-l", "-D", "-U", "-x", "-include", "-isystem", "-iwithprefix", "-B", "-soname", "-MF", "--param", "-Xlinker",
})  # fmt: skip
_PRINTS = frozenset({"-h", "-hh", "-dumpversion", "-print-search-dirs", "--help", "-ar"})
_ACTIONS = frozenset({"-c", "-E", "-r", "-shared"})
"""What is done instead of running; the last of these and -run holds."""


class Tcc(Interpreter):
    """tcc -run: files, or ``-`` for stdin; the first file behind -run ends the options."""

    id = "tcc"
    language = "c"
    names = (r"tcc|(?:x86_64|i386|arm|arm64)-tcc",)
    install = "apt: tcc"
    verified = ("0.9.27",)
    markers = (Markers(strings=(b"Tiny C Compiler ", b"-run infile [arguments...]")),)
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the words."""
        words = execution.argv
        reading = Reading(self, execution)
        files: list[int] = []
        runs, index = False, 1
        while index < len(words):
            word = words[index]
            if word == "-" or not word.startswith(("-", "@")):  # @FILE holds words
                files.append(index)
                if runs:
                    break
            elif word in _PRINTS:
                return reading.finish("prints")
            elif word in _ACTIONS:
                runs = False
            elif word.startswith("-run"):
                runs = True
            index += 1 + (word in _VALUES)
        for at in files if runs else ():
            reading.program(at, option="-run")
        return reading.finish("nothing")
