"""One JSON document: ``{"version": 1, "detections": [...], "summary": {...}}``, written as it grows.

A run that is killed leaves a document without its last two characters' worth of brackets; all detections are in it.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from flycatcher.sinks.formats.encode import encode
from flycatcher.sinks.transports.files import create, write_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record


class Document:
    """``--report FILE.json``."""

    def __init__(self, path: str, owner: tuple[int, int] | None = None, *, handle: IO[bytes] | None = None) -> None:
        """Keep the place; ``handle``: an open stream instead of a file."""
        self.path = path
        self._owner = owner
        self._handle = handle
        self._separator = b"\n"

    def open(self) -> None:
        """Create the file and begin the document."""
        self._handle = self._handle or create(self.path, self._owner)
        write_all(self._handle, b'{"version":1,"detections":[')

    def write(self, record: Record) -> None:
        """Add one element."""
        if self._handle is not None:
            write_all(self._handle, self._separator + encode(record))
            self._separator = b",\n"

    def close(self, summary: Mapping[str, Any]) -> None:
        """Add the figures and end the document."""
        if self._handle is not None:
            with self._handle:
                write_all(self._handle, b'\n],"summary":' + encode(dict(summary)) + b"}\n")
