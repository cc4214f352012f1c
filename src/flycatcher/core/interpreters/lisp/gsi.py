"""gsi, the interpreter of Gambit Scheme.

Source: gsi/_gsi.scm; checked with marker code against Gambit 4.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, CommandLine, Given, Option, Options
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading


_OPTION = Option("value", "code")
_RUNTIME = Option(detail="runtime")


class Gsi(Interpreter):
    """gsi: texts of -e, files and ``-`` in their order; without any a session.

    A session talks to the terminal itself: it reads stdin only where the runtime option ``-:d-`` says so.
    """

    id = "gsi"
    language = "scheme"
    names = (r"gs[ic](?:-script)?|gambit-?\w*|six(?:-script)?",)
    install = "apt: gambc"
    markers = (Markers(exports=("___LNK___gsi__",)), Markers(exports=("___LNK___gsc__",), program="gsc"))
    verified = ("4.9.3",)
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read words: -e may stand between files; a runtime option comes first."""
        words, line, index = execution.argv, CommandLine([], []), 1
        if index < len(words) and words[index].startswith("-:"):
            line.given.append(Given(_RUNTIME, "-:", words[index][2:], index, index, 2))
            index += 1
        while index < len(words):
            word = words[index]
            if word == "-e" and index + 1 < len(words):
                line.given.append(Given(_OPTION, "-e", words[index + 1], index, index + 1, 0))
                index += 1
            elif word == "-" or not word.startswith("-"):
                line.operands.append(index)
            elif word == "-v" and not line.operands and not line.first("code"):
                line.given.append(Given(EXIT, word, None, index, index, 0))
            index += 1
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read texts and files."""
        execution = reading.execution
        console = any("d-" in (given.value or "").split(",") for given in command.given if given.name == "-:")
        sources = sorted([*(given.at for given in command.given if given.option.role == "code"), *command.operands])
        texts = {given.at: given for given in command.given if given.option.role == "code"}
        for index in sources:
            if index in texts:
                reading.code(texts[index])
            elif execution.argv[index] == "-" and not console:
                break  # a session at a terminal that is not there
            else:
                reading.program(index)
        if console and not command.operands and not reading.snippets:
            reading.stdin(explicit=True)
        return reading.finish("interactive")
