"""Lanes for tests: a spool in a folder, and a transport that does what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.destination import Destination
from flycatcher.sinks.delivery.lane import Lane
from flycatcher.sinks.delivery.registry import format_for
from flycatcher.sinks.delivery.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from flycatcher.sinks.message import Event, Message


class Recorder:
    """A transport that keeps what it is sent; ``trouble``: exceptions or refusals, in turn."""

    def __init__(self, *trouble: Exception | dict[int, str], most: int = 100) -> None:
        self.most = most
        self.sent: list[list[str]] = []
        self.messages: list[Message] = []
        self._trouble = list(trouble)
        self.closed = False

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        self.sent.append([message.event.uid for message in messages])
        trouble = self._trouble.pop(0) if self._trouble else {}
        if isinstance(trouble, Exception):
            raise trouble
        self.messages += [message for number, message in enumerate(messages) if number not in trouble]
        return trouble

    def close(self) -> None:
        self.closed = True


def lane_of(folder: Path, events: Sequence[Event], transport: Recorder, **fields: Any) -> tuple[Lane, Spool]:
    """Return a lane with these events in its queue."""
    destination = Destination(name="one", to="http://127.0.0.1:9/", **fields)
    spool = Spool(str(folder / "spool.db"))
    spool.register("one", destination.shown)
    for event in events:
        spool.add(event, ["one"])
    lane = Lane(destination, format_for(destination), transport, spool)
    lane.stop.wait = lambda _=None: False  # type: ignore[method-assign] # no test waits for a pause
    return lane, spool


def drained(lane: Lane) -> None:
    """Let a lane deliver until nothing is left."""
    lane.draining.set()
    lane.run()
