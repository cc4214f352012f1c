"""newLISP.

Source: newlisp.c (main); checked with marker code against newlisp 10.7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, CommandLine, Given, Option
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_VALUED = frozenset("smlLwtpd")


class NewLisp(Interpreter):
    """newlisp: files in their order, up to the first -e, behind which it exits; else stdin is read at the end."""

    id = "newlisp"
    language = "lisp"
    names = (r"newlisp(?:-[\d.]+)?",)
    install = "apt: newlisp"
    verified = ("10.7.5",)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: a letter alone decides, its value glued to it or in the next word."""
        words, line, index = execution.argv, CommandLine([], []), 1
        while index < len(words):
            word = words[index]
            letter = word[1:2] if word.startswith("-") else ""
            if letter == "e" and (len(word) > 2 or index + 1 < len(words)):
                at, offset = (index, 2) if len(word) > 2 else (index + 1, 0)
                line.given.append(Given(CODE, "-e", words[at][offset:], index, at, offset))
                index = at
            elif letter and letter in _VALUED:
                index += len(word) == 2
            elif letter in ("h", "v", "x"):
                line.given.append(Given(Option(role="exit"), word, None, index, index, 0))
            elif not letter:
                line.operands.append(index)
            index += 1
        return line

    def read(self, execution: Execution) -> Reading:
        """Read files, the text, or stdin."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        code, stop = command.first("code"), command.first("exit")
        if stop is not None and (code is None or stop.index < code.index):
            return reading.finish("prints")
        for index in command.operands:
            if code is None or index < code.index:
                reading.program(index, dash=False)
        if code is not None:
            reading.code(code)
        else:
            reading.stdin(explicit=False)
        return reading
