"""One JSON document: ``{"version": 1, "detections": [...], "summary": {...}}``, written as it grows.

A run that is killed leaves a document without its closing brackets; all detections are in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.sinks.formats.encode import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record, Transport

BEGIN = b'{"version":1,"detections":['


class Document:
    """``--report FILE.json``."""

    def __init__(self, transport: Transport) -> None:
        """``transport`` takes the bytes."""
        self.path = transport.path
        self._transport = transport
        self._separator = b""

    def open(self) -> None:
        """Begin the document; called again, continue it, as half a document would not parse."""
        if self._separator:
            return
        self._transport.open()
        self._separator = b"\n"
        self._transport.write(BEGIN)

    def write(self, record: Record) -> None:
        """Add one element."""
        self._transport.write(self._separator + encode(record))
        self._separator = b",\n"

    def close(self, summary: Mapping[str, Any]) -> None:
        """Add the figures and end the document."""
        try:
            self._transport.write(b'\n],"summary":' + encode(dict(summary)) + b"}\n")
        finally:
            self._transport.close()
