"""bpython: without a terminal, and wherever it does not know an option, it replaces itself by Python.

Source: bpython/args.py, checked with marker code against bpython 0.26.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.argparse import ArgparseProgram
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.python.python import Python

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class BPython(ArgparseProgram):
    """bpython, with curses or urwid."""

    id = "bpython"
    names = (r"bpython(?:-curses|-urwid)?(?:\d[\d.]*)?",)
    verified = ("0.26",)
    install = "pip: bpython"
    options = Options(
        short={**each("iqp", FLAG), **each("hV", EXIT), "l": VALUE, "L": VALUE},
        long={
            **each(("--config", "--log-level", "--log-output", "--reactor", "--plugin", "--server"), VALUE),
            **each(("--interactive", "--quiet", "--paste", "--twisted", "--help-reactors"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        abbreviations=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read an execution: what Python makes of the same words."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if not command.error and command.first("exit"):
            return reading.finish("prints")
        if not command.error and execution.stdin == "tty":
            if command.operands:
                reading.program(command.operands[0], dash=False)
            return reading.finish("interactive")
        found = Python().read(replace(execution, argv=("python3", *execution.argv[1:]), exe="python3"))
        found.interpreter, found.execution = self, execution
        found.snippets = [replace(snippet, interpreter=self.id) for snippet in found.snippets]
        return found
