"""What a wrapper hands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flycatcher.core.shell.interp.state import Stream

MAX_STEPS = 32
"""Programs that one wrapper is read to start (xargs over a long list)."""


class Step:
    """One program that a wrapper starts: argv with marks, its environment, its file where argv[0] is another name."""

    __slots__ = ("env", "fields", "program", "stdin")

    def __init__(
        self, fields: list[str], env: Mapping[str, str], program: str = "", stdin: Stream | None = None
    ) -> None:
        """Keep the four."""
        self.fields = fields
        self.env = env
        self.program = program
        self.stdin = stdin


Reader = Callable[[list[str], Mapping[str, str], Stream], "list[Step] | None"]
