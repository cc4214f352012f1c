"""JSON Lines: one detection a line, then one line with the run's figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.sinks.formats.encode import encode
from flycatcher.sinks.summary import row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record, Transport


class JsonLines:
    """``--report FILE.jsonl``. Notices of the sensor are written between the detections."""

    takes_notices = True

    def __init__(self, transport: Transport) -> None:
        """``transport`` takes the bytes."""
        self.path = transport.path
        self._transport = transport
        self._torn = False

    def open(self) -> None:
        """Begin, or begin anew after a log rotation."""
        self._transport.open()

    def write(self, record: Record) -> None:
        """Write one line; after a line that was cut off, begin a new one."""
        line = (b"\n" if self._torn else b"") + encode(record) + b"\n"
        self._torn = True
        self._transport.write(line)
        self._torn = False

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the figures."""
        try:
            self._transport.write(encode(row(dict(summary))) + b"\n")
        finally:
            self._transport.close()
