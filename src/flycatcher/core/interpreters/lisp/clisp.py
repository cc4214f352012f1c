"""GNU CLISP.

Source: src/spvw.d (parse_options); checked with marker code against clisp 2.49.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.identity.markers import Markers

_LOAD = Option("value", "load")

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.interpreters.engine.reading import Reading


class Clisp(Interpreter):
    """clisp runs the text of -x (the last one), a file, or stdin."""

    id = "clisp"
    language = "lisp"
    names = (r"clisp|lisp\.run",)
    install = "apt: clisp"
    markers = (
        Markers(strings=(b"\0lispinit.mem\0", b"\0lisp.run\0")),  # the small program that starts the other one
        Markers(strings=(b"\0CLISP_LANGUAGE\0", b"GNU CLISP"), program="lisp.run"),
    )
    verified = ("2.49",)
    options = Options(
        long={
            "-x": CODE,
            "-i": _LOAD,
            **each(("-B", "-K", "-M", "-m", "-L", "-N", "-p", "-o", "-lp", "-on-error"), VALUE),
            "-c": Option(role="check"),
            **each(("-q", "--quiet", "--silent", "-v", "--verbose", "-w", "-I", "-disable-readline", "-l"), FLAG),
            **each(("-ansi", "-traditional", "-modern", "-C", "-norc"), FLAG),
            "--": Option(last=True),
            "-repl": Option(role="interactive"),
            **each(("-h", "--help", "--version", "--license", "-help-image"), EXIT),
        },
        short={"E": Option("attached"), "D": VALUE},
        equals=False,
        double_dash=False,
    )

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the file; behind ``--`` words are left to the session."""
        talks = reading.command is not None and reading.command.has("--")
        talks = talks or any(not reading.execution.argv[index] for index in operands[:1])
        super().read_operand(reading, () if talks else operands)
