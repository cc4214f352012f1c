"""jjs: JavaScript on the JVM (JDK 8 to 14).

Source: jdk.nashorn.tools.Shell and Options.properties. Unverified: no package here brings it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CommandLine, Given, Option
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_VALUE = Option("value")
_EXIT = Option(role="exit")


class Jjs(Interpreter):
    """jjs runs its files in their order, ``-`` for stdin, which is a session where there is no file; ``--`` begins arguments."""

    id = "jjs"
    language = "javascript"
    technique = "T1059.007"
    names = (r"jjs",)
    install = "JDK 8 to 14"

    def read(self, execution: Execution) -> Reading:
        """Read the words: every one with a dash is an option with its value glued to it, but for the class and module paths."""
        words, line, index = execution.argv, CommandLine([], []), 1
        while index < len(words) and words[index] != "--":
            word = words[index]
            if word in ("-cp", "-classpath", "--class-path", "--module-path", "--add-modules", "--upgrade-module-path"):
                line.given.append(Given(_VALUE, word, None, index, index, 0))
                index += 1
            elif word in ("-h", "-help", "--help", "-version", "-v", "-fv", "-fullversion", "-xhelp"):
                line.given.append(Given(_EXIT, word, None, index, index, 0))
            elif word == "-" or not word.startswith("-"):
                line.operands.append(index)
            index += 1
        reading = Reading(self, execution, line)
        if line.first("exit"):
            return reading.finish("prints")
        for operand in line.operands:
            reading.program(operand)
        if not line.operands or "-i" in words:
            reading.stdin(explicit=False)
        return reading
