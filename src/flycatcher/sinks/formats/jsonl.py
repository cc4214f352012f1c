"""JSON Lines: one detection a line, then one line with the run's figures."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from flycatcher.sinks.formats.encode import encode
from flycatcher.sinks.transports.files import create, create_appending, write_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record


class JsonLines:
    """``--report FILE.jsonl``. What a sensor says about itself stands between the detections."""

    takes_notices = True

    def __init__(self, path: str, owner: tuple[int, int] | None = None, *, append: bool = False) -> None:
        """Keep the place; ``append``: a service goes on with the file of its last run."""
        self.path = path
        self._append = append
        self._owner = owner
        self._handle: IO[bytes] | None = None
        self._torn = False

    def open(self) -> None:
        """Create the file; called again, leave the old one (which a log rotation has moved) and begin a new one."""
        old, self._handle = self._handle, (create_appending if self._append else create)(self.path, self._owner)
        if old is not None:
            old.close()

    def write(self, record: Record) -> None:
        """Write one line; where the one before was torn off, on a line of its own."""
        if self._handle is not None:
            line = (b"\n" if self._torn else b"") + encode(record) + b"\n"
            self._torn = True
            write_all(self._handle, line)
            self._torn = False

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the figures."""
        if self._handle is not None:
            with self._handle:
                write_all(self._handle, encode({"summary": dict(summary)}) + b"\n")
