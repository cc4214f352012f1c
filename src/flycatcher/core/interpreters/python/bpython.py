"""bpython: without a terminal, and wherever it does not know an option, it replaces itself by Python.

Source: bpython/args.py, checked with marker code against bpython 0.26.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Given, Option, Options, each
from flycatcher.core.interpreters.python.program import PythonProgram
from flycatcher.core.interpreters.python.python import Python

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading


_PYTHON = Option(detail="python")


class BPython(PythonProgram):
    """bpython, with curses or urwid."""

    id = "bpython"
    names = (r"bpython(?:-curses|-urwid)?(?:\d[\d.]*)?",)
    variables = Python.variables
    verified = ("0.26",)
    install = "pip: bpython"
    options = Options(
        short={**each("iqp", FLAG), **each("hV", EXIT), "l": VALUE, "L": VALUE},
        long={
            **each(("--config", "--log-level", "--log-output", "--reactor", "--plugin", "--server"), VALUE),
            **each(("--interactive", "--quiet", "--paste", "--twisted", "--help-reactors"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        parser="argparse",
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; a line that it does not know is Python's."""
        line = super().parse(execution)
        return CommandLine([Given(_PYTHON, "", None, 0, 0, 0)], []) if line.error else line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the file at a terminal; else what Python makes of the same words."""
        execution = reading.execution
        if execution.stdin == "tty" and not any(given.option is _PYTHON for given in command.given):
            if command.operands:
                reading.program(command.operands[0], dash=False)
            return reading.finish("interactive")
        found = Python().read(replace(execution, argv=("python3", *execution.argv[1:]), exe="python3"))
        found.interpreter, found.execution = self, execution
        found.snippets = [replace(snippet, interpreter=self.id) for snippet in found.snippets]
        return found
