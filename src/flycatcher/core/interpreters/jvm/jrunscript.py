"""jrunscript of the JDK.

Source: com.sun.tools.script.shell.Main; checked with marker code against JDK 17 with Jython as its engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CommandLine, Given, Option

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_CODE = Option("value", "code")
_FILE = Option("value", "file")
_VALUE = Option("value")
_EXIT = Option(role="exit")


class Jrunscript(Interpreter):
    """jrunscript: texts of -e and files of -f in their order; then the first operand, or a session on stdin."""

    id = "jrunscript"
    language = "javascript"
    technique = "T1059.007"
    names = (r"jrunscript",)
    main_classes = ("com.sun.tools.script.shell.Main",)
    install = "apt: openjdk-17-jdk-headless, librhino-java"
    verified = ("17",)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words up to the first operand: no clusters, no ``--``; an option that is not known is refused."""
        words, line, index = execution.argv, CommandLine([], []), 1
        table = {"-e": _CODE, "-f": _FILE, "-classpath": _VALUE, "-cp": _VALUE, "-l": _VALUE, "-encoding": _VALUE}
        while index < len(words):
            word = words[index]
            option = table.get(word)
            if option is not None:
                if index + 1 >= len(words):
                    line.error = f"option {word} needs a value"
                    break
                line.given.append(Given(option, word, words[index + 1], index, index + 1, 0))
                index += 1
            elif word in ("-?", "-h", "--help", "-help", "-q"):
                line.given.append(Given(_EXIT, word, None, index, index, 0))
            elif not word.startswith("-") or word == "-":
                break
            elif not word.startswith(("-D", "-J")):
                line.error = f"unknown option {word}"
                break
            index += 1
        line.operands = list(range(index, len(words)))
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read texts and files in their order."""
        sources = [given for given in command.given if given.option.role in ("code", "file")]
        for given in sources:
            if given.option.role == "code":
                reading.code(given)
            else:
                reading.program(given.at, option=given.name)
        if not sources and command.operands:
            reading.program(command.operands[0])
        elif not sources:
            reading.stdin(explicit=False)
        return reading
