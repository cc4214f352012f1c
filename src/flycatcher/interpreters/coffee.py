"""coffee of CoffeeScript.

Source: src/command.coffee and src/optparse.coffee; tried by hand against CoffeeScript 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters._on_node import OnNode
from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_STDIN = Option(role="stdin")


class Coffee(OnNode):
    """coffee runs the text of -e, stdin for -s, a file, or a session; with -p or -c it only compiles."""

    id = "coffee"
    language = "coffeescript"
    names = (r"coffee",)
    install = "npm: coffeescript"
    options = Options(
        short={"e": Option(detail="eval"), "r": VALUE, "o": VALUE, "s": _STDIN, **each("pcnta", Option(role="check")),
               **each("bijlmMw", FLAG), **each("hv", EXIT)},
        long={
            "--eval": Option(detail="eval"),
            **each(("--require", "--output"), VALUE),
            "--stdio": _STDIN,
            **each(("--print", "--compile", "--nodes", "--tokens", "--ast"), Option(role="check")),
            **each(("--bare", "--interactive", "--join", "--literate", "--map", "--inline-map", "--nodejs"), FLAG),
            **each(("--no-header", "--transpile", "--watch"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=False,
        unknown="skip",
    )  # fmt: skip

    def read(self, execution: Execution) -> Reading:
        """Read an execution: -e makes the first operand the text."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        if command.first("check"):
            return reading.end("checks")
        evals = next((given for given in command.given if given.option.detail == "eval"), None)
        if evals is not None and command.operands:
            at = command.operands[0]
            reading.add("argument", execution.argv[at], index=at, option=evals.name)
        elif command.first("stdin"):
            reading.stdin(explicit=True)
        else:
            self.read_operand(reading, command.operands)
        return reading
