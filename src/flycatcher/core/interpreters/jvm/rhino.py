"""Rhino, JavaScript on the JVM.

Source: tools/shell/Main.java (processOptions, processSource); checked with marker code against Rhino 1.7.14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, CommandLine, Given, Option, each
from flycatcher.core.interpreters.engine.paths import is_url
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_OPTIONS = {
    "-e": CODE,
    "-f": Option("value", "file"),
    **each(("-version", "-opt", "-O"), Option("value", detail="number")),
    **each(("-modules", "-encoding"), VALUE),
    **each(("-w", "-require", "-sandbox", "-debug", "-strict", "-fatal-warnings", "-sealedlib"), FLAG),
    **each(("-?", "-help"), EXIT),
}


class Rhino(Interpreter):
    """Rhino's shell: texts of -e at once, then files of -f and the first operand; without any of them a session on stdin."""

    id = "rhino"
    language = "javascript"
    technique = "T1059.007"
    names = (r"rhino(?:-debugger)?",)
    runs_on = ("sh", "bash")
    main_classes = ("org.mozilla.javascript.tools.shell.Main",)
    jars = (r"(?:js|rhino(?:-all)?)(?:-[\w.]+)?\.jar",)
    install = "apt: rhino"
    verified = ("1.7.14",)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words up to the first without a dash, or to a mistake: no clusters, no ``--``, and ``-`` is no operand."""
        words, line, index = execution.argv, CommandLine([], []), 1
        while index < len(words) and words[index].startswith("-"):
            word = words[index]
            option = _OPTIONS.get(word)
            takes = option is not None and option.takes == "value"
            if option is None or (takes and index + 1 >= len(words)):
                line.error = f"invalid option {word}"
                return line
            at = index + 1 if takes else index
            value = words[at] if takes else None
            if option.detail == "number" and not _number(value or ""):
                line.error = f"invalid number {value}"
                return line
            line.given.append(Given(option, word, value, index, at, 0))
            if option.role == "exit":
                return line
            index = at + 1
        line.operands = list(range(index, len(words)))
        return line

    def read(self, execution: Execution) -> Reading:
        """Read the texts, which have run by the time that a mistake is found, then the files in their order."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
        if command.error:
            return reading if reading.snippets else reading.refuse()
        if command.first("exit"):
            return reading.finish("prints")
        files = [given.at for given in command.given if given.option.role == "file"]
        for at in [*files, *command.operands[:1]]:
            if is_url(execution.argv[at]):
                reading.add("url", None, index=at, url=execution.argv[at])
            else:
                reading.program(at)
        if not files and not command.operands and not command.first("code"):
            reading.stdin(explicit=False)
        return reading


def _number(text: str) -> bool:
    """Tell whether Java's Integer.parseInt takes a text."""
    return text.removeprefix("-").removeprefix("+").isdigit()
