"""Where records go: a format turns them into bytes, a transport takes the bytes away; :mod:`.reports` puts the two together.

A record is a mapping ready for JSON, already redacted (:func:`flycatcher.reporting.record_of`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = dict[str, Any]


class UndeliveredError(OSError):
    """Not everything has reached its receiver yet; it is kept, and goes out with the next run."""


class UnkeptError(OSError):
    """Some records could not even be kept, and are gone."""

    def __init__(self, number: int, reason: str, missed: int) -> None:
        """``missed``: how many of them are detections."""
        super().__init__(number, reason)
        self.missed = missed


class Transport(Protocol):
    """Where the bytes of a format go. Each method may raise OSError."""

    path: str
    """Its name in messages."""

    def open(self) -> None:
        """Make ready; called again, begin anew (after a log rotation)."""

    def write(self, data: bytes) -> None:
        """Write all of it before returning."""

    def close(self) -> None:
        """Finish."""


class Sink(Protocol):
    """One output. ``write`` may raise OSError (a full disk); the caller reports it once and continues without this sink."""

    path: str
    """Its name in messages."""

    def open(self) -> None:
        """Make ready. Raises OSError."""

    def write(self, record: Record) -> None:
        """Write one detection before returning: a run that is killed loses nothing that it reported."""

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the run's figures and finish."""
