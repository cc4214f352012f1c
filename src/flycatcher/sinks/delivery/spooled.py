"""The sink that ``run``, ``watch`` and ``scan`` write to: every record goes into the spool before anything else can fail."""

from __future__ import annotations

import errno
import sqlite3
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks import UndeliveredError, UnkeptError
from flycatcher.sinks.delivery.deliverer import Deliverer
from flycatcher.sinks.delivery.registry import format_for, load_late, transport_for
from flycatcher.sinks.delivery.spool import Spool, Standing
from flycatcher.sinks.message import event_of, rfc3339
from flycatcher.sinks.summary import row
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flycatcher.destination import Destination, SpoolSettings
    from flycatcher.sinks import Record
    from flycatcher.sinks.message import Event

_TRIES = 3
HELD_LIMIT = 10_000
"""Events that may wait in memory for the spool to take them."""


class Spooled:
    """Writes records to the spool, and has a process of its own deliver them."""

    takes_notices = True

    def __init__(
        self,
        path: str,
        destinations: Sequence[Destination],
        settings: SpoolSettings,
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        """``prepare`` is called in the delivering process first. Raises FlycatcherError for what no transport can do."""
        for destination in destinations:
            format_for(destination)
            transport_for(destination)
        self.path = path
        self.destinations, self._settings = destinations, settings
        self._names = [destination.name for destination in destinations]
        self._spool: Spool | None = None
        self._deliverer = Deliverer(path, destinations, wait=settings.wait, prepare=prepare)
        self._lost: dict[str, int] = {}
        self._held: deque[Event] = deque()
        """What the spool did not take (a full disk, another process that writes for long) and is offered again."""

    def open(self) -> None:
        """Open the spool; called again, do nothing: it is no log file. Raises FlycatcherError."""
        if self._spool is not None:
            return
        self._spool = self._opened()
        for destination in self.destinations:
            self._spool.register(destination.name, destination.shown)
        self._lost = self._spool.dropped()
        if self._spool.aside:
            text = f"the spool could not be read and is now {self._spool.aside}; what waited in it is not delivered"
            self._held.append(event_of(_loss(text, 1)))

    def load_late(self) -> None:
        """Load what the delivering process would load later."""
        load_late(self.destinations)

    def deliver(self) -> None:
        """Start delivering; from here on a second process is there. Raises FlycatcherError."""
        if self._spool is not None:
            self._spool.close()
        self._deliverer.start()
        self._spool = self._opened()

    def _opened(self) -> Spool:
        return Spool(self.path, limit=self._settings.size)

    @property
    def helpers(self) -> int:
        """How many processes of its own are running."""
        return int(self._deliverer.alive)

    def standings(self) -> list[Standing]:
        """Return how it stands with each sink; none before it is opened, or where another process keeps it from being read."""
        try:
            with Spool(self.path) as spool:
                return [each for each in spool.standings() if each.name in self._names]
        except (FlycatcherError, sqlite3.Error):
            return []

    def write(self, record: Record) -> None:
        """Keep one record, and ring. Raises OSError where not even memory has room for what the spool does not take."""
        self._held.append(event_of(record))
        try:
            self._flush()
        except sqlite3.Error as error:
            if len(self._held) > HELD_LIMIT:
                self._held.pop()
                raise OSError(errno.EIO, f"{error}; nothing more is kept for the sinks") from error
        if self._deliverer.missing:
            self._revive()
        self._deliverer.wake()

    def _revive(self) -> None:
        """Make a deliverer that was killed anew. Raises OSError."""
        try:
            self.deliver()
        except FlycatcherError as error:
            raise OSError(errno.EIO, str(error)) from error

    def _flush(self) -> None:
        """Move what is held in memory to the spool. Raises sqlite3.Error."""
        while self._spool is not None and self._held:
            dropped = self._spool.add(self._held[0], self._names)
            self._held.popleft()
            if dropped:
                self._tell(self._spool.dropped())

    def _tell(self, lost: dict[str, int]) -> None:
        """Have every sink learn that there was no room: a record of its own, which is the last thing to go."""
        news = {name: count - self._lost.get(name, 0) for name, count in lost.items()}
        self._lost = lost
        count = max(news.values())
        said = ", ".join(f"{number} for {name}" for name, number in sorted(news.items()) if number)
        if self._spool is not None:
            notice = _loss(f"the spool was full: {said} dropped, the oldest of the lowest level first", count)
            self._held.append(event_of(notice))

    def close(self, summary: Mapping[str, Any]) -> None:
        """Keep the figures, and wait for the delivery. Raises UndeliveredError where that goes on, UnkeptError for what is lost."""
        if self._spool is None:
            return
        try:
            self._held.append(event_of(row(dict(summary))))
            self._flush()
            waiting = self._finished(time.monotonic() + self._settings.wait)
        except sqlite3.Error as error:
            if self._held:
                raise UnkeptError(errno.EIO, str(error), sum(event.is_detection for event in self._held)) from error
            raise UndeliveredError(errno.EAGAIN, f"{self.path}: {error}") from error
        finally:
            self._spool.close()
        if waiting:
            raise UndeliveredError(errno.EAGAIN, f"{counted(waiting, 'message waits', 'messages wait')} in {self.path}")

    def _finished(self, end: float) -> int:
        """Have everything delivered until ``end``; return how much is left. A deliverer that somebody kills is replaced."""
        for _ in range(_TRIES):
            if not self._deliverer.alive:
                self._revive()
            self._deliverer.finish()
            waiting = 0 if self._spool is None else self._spool.depth(self._names)
            if not waiting or time.monotonic() >= end:
                break
        return waiting


def _loss(text: str, count: int) -> dict[str, Any]:
    """Return a notice that something was lost on the way to the sinks."""
    return {
        "schema": "flycatcher.notice/1",
        "kind": "loss",
        "sensor": "",
        "time": rfc3339(time.time()),
        "text": text,
        "place": "spool",
        "count": count,
        "since": "",
    }
