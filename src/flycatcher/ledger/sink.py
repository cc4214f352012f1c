"""``--ledger DIR``: detections, notices and the figures at the end, as entries of a ledger."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from flycatcher.layout import say
from flycatcher.ledger.entry import body_of
from flycatcher.ledger.log import Log
from flycatcher.sinks.message import rfc3339
from flycatcher.sinks.summary import row
from flycatcher.sources.notice import Notice
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record


class Ledger:
    """A sink over a log. ``announced``: the sensor that says itself when it starts and stops; else this does so for it."""

    takes_notices = True

    def __init__(self, path: str, sensor: str, *, announced: bool) -> None:
        """``path``: the ledger's folder."""
        self.path = path
        self._sensor = sensor
        self._announces = not announced
        self._log: Log | None = None

    def open(self) -> None:
        """Open the ledger; called again, read its end again. Says in the ledger what had to be mended. Raises OSError."""
        first = self._log is None
        if self._log is None:
            self._log = Log(self.path)
        else:
            self._log.load()
        if self._log.mended:
            say(f"warning: ledger {visible(self.path)} was not closed in order: {self._log.mended}")
            self._note("loss", f"the ledger was not closed in order: {self._log.mended}")
        if first and self._announces:
            self._note("started", "the run begins")

    def write(self, record: Record) -> None:
        """Log one record."""
        if self._log is not None:
            self._log.append(body_of(record, rfc3339(time.time())))

    def close(self, summary: Mapping[str, Any]) -> None:
        """Log the figures, and that the run has stopped."""
        self.write(row(dict(summary)))
        if self._announces:
            self._note("stopped", "the run ended in order")
        if self._log is not None:
            self._log.close()
            self._log = None

    def _note(self, kind: Literal["started", "stopped", "loss"], text: str) -> None:
        notice = Notice(kind=kind, sensor=self._sensor, time=rfc3339(time.time()), text=text, place="ledger")
        self.write(msgspec.to_builtins(notice))
