"""expect, and expectk.

Source: exp_main_sub.c (exp_parse_argv) and expect(1); checked with marker code against expect 5.45.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.languages.tcl import library

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Expect(Interpreter):
    """-c runs while the options are still being read, and the script runs after it; without either, stdin is read."""

    id = "expect"
    language = "tcl"
    names = (r"expect(?:k|_[a-z0-9]+)?(?:5[\d.]*)?",)
    verified = ("5.45.4",)
    install = "apt: expect"
    options = Options(
        short={
            "c": CODE,
            **each("bf", Option("value", "file")),
            **each("dnN", FLAG),
            "D": VALUE,
            "i": Option(role="interactive"),
            "v": EXIT,
            "-": Option(last=True),
        }
    )

    def read(self, execution: Execution) -> Reading:
        """Read an execution: each -c up to an option that ends the program, then -f or -b, the operand, or stdin."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        library(reading)
        if execution.env.get("DOTDIR") and not command.has("-n"):
            reading.load(execution.env["DOTDIR"].rstrip("/") + "/.expect.rc", variable="DOTDIR")
        for given in command.given:
            if given.option.role == "exit":
                return reading.finish("prints")
            if given.option.role == "code":
                reading.code(given)
        if command.error:
            reading.error = command.error
            return reading if reading.snippets else reading.refuse()
        file = [given for given in command.given if given.option.role == "file"]
        interactive = command.first("interactive") is not None
        if file:
            reading.program(file[-1].at, option=file[-1].name, offset=file[-1].offset)
        elif command.operands and not interactive:
            reading.program(command.operands[0])
        elif not reading.snippets and not interactive:
            reading.stdin(explicit=False)
        if interactive and not any(s.vector == "stdin" or s.descriptor == 0 for s in reading.snippets):
            reading.stdin(explicit=False, option="-i")
        return reading
