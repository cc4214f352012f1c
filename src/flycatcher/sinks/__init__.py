"""Where records go: a format turns them into bytes, a transport takes the bytes away; :mod:`.outputs` puts the two together.

A record is a mapping ready for JSON, already redacted (:func:`flycatcher.reporting.record_of`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = dict[str, Any]


class Transport(Protocol):
    """Where the bytes of a format go. Each method may raise OSError."""

    path: str
    """What errors call it."""

    def open(self) -> None:
        """Make ready; called again, begin anew (after a log rotation)."""

    def write(self, data: bytes) -> None:
        """Take all of it, and have it out before returning."""

    def close(self) -> None:
        """Finish."""


class Sink(Protocol):
    """One output. ``write`` may raise OSError (a full disk); the caller says so once and goes on without this sink."""

    path: str
    """What errors call it."""

    def open(self) -> None:
        """Make ready; OSError where that fails."""

    def write(self, record: Record) -> None:
        """Take one detection, and have it out before returning: a run that is killed loses nothing it saw."""

    def close(self, summary: Mapping[str, Any]) -> None:
        """Take the run's figures and finish."""
