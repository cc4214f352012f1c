"""tcsh and csh.

Source: tcsh's sh.c (main's loop over the words); checked with marker code against tcsh 6.24.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_FLAGS = frozenset("bcdefilmnqstvVxXF")
_COPIES = (16, 19)
"""FSHIN and FOLDSTD (tcsh's sh.h)."""


class Csh(Interpreter):
    """The C shell. The word behind the cluster that holds the ``c`` is the command; a later one replaces it."""

    id = "csh"
    language = "csh"
    kind = "shell"
    technique = "T1059.004"
    grammar = "sh"
    names = (r"(?:bsd-)?t?csh(?:[-_]?\d[\d.]*)?",)
    install = "apt: tcsh"
    verified = ("6.24",)
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Walk the clusters as main does: options end at the first other word, after ``-b``, and a lone dash is not an option."""
        words, index = execution.argv, 1
        reading = Reading(self, execution)
        seen: set[str] = set()
        code = 0
        while index < len(words) and len(words[index]) > 1 and words[index][0] == "-":
            if words[index] in ("--help", "--version"):
                return reading.finish("prints")
            cluster = words[index][1:]
            letters = set(cluster)
            if not letters <= _FLAGS or ("l" in letters and len(words) > 2):
                return reading.refuse(f"unknown option {words[index]}")
            seen |= letters
            index += 1
            for _ in range(cluster.count("c")):
                if index >= len(words):
                    return reading.finish("nothing")
                code = index
                index += 1
            if "b" in letters:
                break
        if seen & set("n"):
            return reading.finish("checks")
        if code:
            reading.add("argument", words[code], index=code, option="-c")
        elif index < len(words) and not seen & set("ist"):
            reading.execution = _with_copies(execution)
            reading.program(index, dash=False)
        else:
            reading.stdin(explicit="s" in seen)
        return reading


def _with_copies(execution: Execution) -> Execution:
    """Return the descriptors as they are when the program's file is opened: stdin was copied to two of the shell's own by then."""
    others = {number: text for number, text in execution.descriptors.items() if number not in _COPIES}
    if execution.stdin_text is not None:
        others |= dict.fromkeys(_COPIES, execution.stdin_text)
    return replace(execution, descriptors=others)
