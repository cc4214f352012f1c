"""newLISP.

Source: newlisp.c (main); checked with marker code against newlisp 10.7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import Option, Options, each

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine

_ANY = "".join(map(chr, range(33, 127)))


class NewLisp(Interpreter):
    """newlisp: files in their order, up to the first -e, behind which it exits; else stdin is read at the end."""

    id = "newlisp"
    language = "lisp"
    names = (r"newlisp(?:-[\d.]+)?",)
    install = "apt: newlisp"
    verified = ("10.7.5",)

    options = Options(
        parser="own",
        short={
            **each(_ANY, Option("attached")),  # the first letter decides, and what follows it is its value, or nothing
            **each("smlLwtpd", Option("optional")),
            **each("hvx", Option("attached", "exit")),
            "e": Option("optional", "code", last=True),
        },
        double_dash=False,
        permute=True,
        posixly=False,
    )
    in_order = True
    beside = True
    operand = "all"
    stdin_names = ()
    console = "after files"
    eager = True

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: ``-h`` and ``-v`` are such only where they stand alone."""
        line = super().parse(execution)
        line.given = [given for given in line.given if given.value is None or given.name not in ("-h", "-v")]
        return line
