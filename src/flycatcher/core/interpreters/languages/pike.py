"""Pike.

Source: lib/master.pike.in (_main); checked with marker code against Pike 8.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.engine.paths import descriptor_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.interpreters.engine.reading import Reading

_CODE = Option("value", "code", last=True)
_GLUED = Option("attached")
_LATER = ("--features", "--info")
"""They print at the end, which a text does not reach."""


class Pike(Interpreter):
    """pike: -e, a script, or a session on stdin."""

    id = "pike"
    language = "pike"
    names = (r"pike(?:-?\d[\d.]*)?",)
    variables = ("PIKE_MASTER",)
    install = "apt: pike8.0"
    verified = ("8.0",)
    options = Options(
        parser="own",
        short={"e": _CODE, "x": Option("optional", "module", last=True), **each("MIPDm", VALUE), **each("dtarwq", _GLUED),
               **each("vh", EXIT)},
        long={
            "--execute": _CODE,
            **each(("--module-path", "--include-path", "--program-path", "--define", "--master"), VALUE),
            **each(("--help", "--version", "--dumpversion", "--show-paths"), EXIT),
            **each(_LATER, Option(detail="prints")),
        },
        unknown="skip",
    )  # fmt: skip

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read the file that stands in for Pike's own master program."""
        master = reading.execution.env.get("PIKE_MASTER")
        if master and not command.error:
            reading.load(master, variable="PIKE_MASTER")

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the first operand as the script, which has to be a regular file."""
        command, execution = reading.command, reading.execution
        if command is not None and command.has(*_LATER):
            reading.finish("prints")
        elif operands and execution.stdin != "file" and descriptor_of(execution.argv[operands[0]], execution) == 0:
            reading.refuse("not a regular file")
        else:
            super().read_operand(reading, operands)
