"""gnuplot: a language of its own with ``system``, backticks and ``!``.

Source: src/plot.c (gnu_main) of gnuplot; checked with marker code against gnuplot 5.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CommandLine, Given, Option
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_CODE = Option("value", "code")
_CALL = Option("value", "file", last=True)


class Gnuplot(Interpreter):
    """Texts of -e and files run in their order; ``-`` is stdin, which is read where there is neither."""

    id = "gnuplot"
    language = "gnuplot"
    names = (r"gnuplot(?:-(?:nox|qt|x11))?(?:-?\d[\d.]*)?",)
    install = "apt: gnuplot-nox"
    verified = ("5.4",)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: no clusters, no ``--``; options that it does not know are left to the terminal's driver."""
        words, line, index = execution.argv, CommandLine([], []), 1
        while index < len(words):
            word = words[index]
            if word in ("-e", "-c") and index + 1 < len(words):
                option = _CODE if word == "-e" else _CALL
                line.given.append(Given(option, word, words[index + 1], index, index + 1, 0))
                if option.last:
                    break
                index += 1
            elif word in ("-V", "--version", "-h", "--help"):
                line.given.append(Given(Option(role="exit"), word, None, index, index, 0))
            elif word == "-" or not word.startswith("-"):
                line.operands.append(index)
            index += 1
        return line

    def read(self, execution: Execution) -> Reading:
        """Read what runs in its order."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.first("exit"):
            return reading.finish("prints")
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
            elif given.option.role == "file":
                reading.program(given.at, option=given.name, dash=False)
        for index in command.operands:
            reading.program(index)
        if not command.operands and not command.given:
            reading.stdin(explicit=False)
        return reading
