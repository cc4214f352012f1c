"""BeanShell.

Source: bsh/Interpreter.java (main) and Debian's script; checked with marker code against bsh 2.0b4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import VALUE, CommandLine, Given, Options
from flycatcher.core.interpreters.jvm import options as _jvm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading


class BeanShell(Interpreter):
    """bsh: its first word is a file, whatever it looks like; without one, a session on stdin."""

    id = "bsh"
    language = "java"
    names = (r"bsh|beanshell",)
    variables = _jvm.LAUNCHED
    runs_on = ("sh", "bash")
    main_classes = ("bsh.Interpreter",)
    install = "apt: bsh"
    verified = ("2.0b4",)
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read what Debian's script takes away; the rest are operands."""
        words, line, start = execution.argv, CommandLine([], []), 1
        if words[1:2] == ("-classpath",) and not words[0].startswith("bsh."):
            line.given.append(
                Given(VALUE, "-classpath", words[2] if len(words) > 2 else None, 1, min(2, len(words) - 1), 0)
            )
            start = 3
        line.operands = list(range(start, len(words)))
        return line

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the first word as a file: ``-`` is one, too."""
        if operands:
            reading.program(operands[0], dash=False)
        else:
            reading.stdin(explicit=False)
