"""JSON Lines: one detection a line, then one line with the run's figures."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from flycatcher.sinks.encode import encode
from flycatcher.sinks.files import create, write_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record


class JsonLines:
    """``--report FILE.jsonl``."""

    def __init__(self, path: str, owner: tuple[int, int] | None = None) -> None:
        """Keep the place."""
        self.path = path
        self._owner = owner
        self._handle: IO[bytes] | None = None

    def open(self) -> None:
        """Create the file."""
        self._handle = create(self.path, self._owner)

    def write(self, record: Record) -> None:
        """Write one line."""
        if self._handle is not None:
            write_all(self._handle, encode(record) + b"\n")

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the figures."""
        if self._handle is not None:
            with self._handle:
                write_all(self._handle, encode({"summary": dict(summary)}) + b"\n")
