"""newLISP.

Source: newlisp.c (main); checked with marker code against newlisp 10.7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class NewLisp(Interpreter):
    """newlisp: texts of -e and files run in their order; stdin is read afterwards."""

    id = "newlisp"
    language = "lisp"
    names = (r"newlisp(?:-[\d.]+)?",)
    install = "apt: newlisp"
    options = Options(
        long={
            **each(("-s", "-m", "-l", "-L", "-w", "-t", "-p", "-d", "-x"), VALUE),
            **each(("-n", "-c", "-C", "-http", "-http-safe", "-6"), FLAG),
            **each(("-h", "-v"), EXIT),
        },
        short={"e": CODE},
        equals=False,
        permute=True,
        double_dash=False,
        unknown="skip",
    )

    def read(self, execution: Execution) -> Reading:
        """Read an execution: newlisp exits behind the first -e; files run in their order, then stdin."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        code, stop = command.first("code"), command.first("exit")
        if stop is not None and (code is None or stop.index < code.index):
            return reading.end("prints")
        for index in command.operands:
            if code is None or index < code.index:
                reading.program(index, dash=False)
        if code is not None:
            reading.code(code)
        else:
            reading.stdin(explicit=False)
        return reading
