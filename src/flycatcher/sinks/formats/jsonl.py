"""JSON Lines: one detection a line, then one line with the run's figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.sinks.formats.encode import encode
from flycatcher.sinks.formats.shared import Sharer
from flycatcher.sinks.summary import row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record, Transport


class JsonLines:
    """``--report FILE.jsonl``. Notices of the sensor are written between the detections."""

    takes_notices = True

    def __init__(self, transport: Transport, *, compact: bool = False) -> None:
        """``transport`` takes the bytes; ``compact``: what records have in common is written once, see :mod:`.shared`."""
        self.path = transport.path
        self._transport = transport
        self._torn = False
        self._sharer = Sharer() if compact else None

    def open(self) -> None:
        """Begin, or begin anew after a log rotation."""
        self._transport.open()
        if self._sharer is not None:
            self._sharer.restart()

    def write(self, record: Record) -> None:
        """Write a record's line, or lines; after a line that was cut off, begin a new one."""
        rows = [record] if self._sharer is None else self._sharer.lines(record)
        lines = (b"\n" if self._torn else b"") + b"".join(encode(row) + b"\n" for row in rows)
        self._torn = True
        self._transport.write(lines)
        self._torn = False

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the figures."""
        try:
            self._transport.write(encode(row(dict(summary))) + b"\n")
        finally:
            self._transport.close()
