"""Gforth.

Source: engine/main.c and startup.fs; checked with marker code against gforth 0.7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, VALUE, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Gforth(Interpreter):
    """gforth: texts of -e and files in their order; then a session on stdin."""

    id = "gforth"
    language = "forth"
    names = (r"gforth(?:-(?:fast|itc|ditc|\d[\d.]*))*",)
    install = "apt: gforth"
    options = Options(
        short={"e": CODE, **each("dfilmpr", VALUE), **each("hv", EXIT)},
        long={
            "--evaluate": CODE,
            **each(("--appl-image", "--image-file", "--data-stack-size", "--fp-stack-size", "--path"), VALUE),
            **each(("--locals-stack-size", "--dictionary-size", "--return-stack-size"), VALUE),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        unknown="skip",
    )

    def read(self, execution: Execution) -> Reading:
        """Read texts, then the session, unless a text ends it."""
        reading = super().read(execution)
        command = reading.command
        if command is not None and reading.outcome in ("inline", "script"):
            texts = [given.value or "" for given in command.given if given.option.role == "code"]
            if not any("bye" in text.lower().split() for text in texts):
                reading.stdin(explicit=False)
        return reading
