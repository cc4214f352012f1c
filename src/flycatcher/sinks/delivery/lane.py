"""One sink's way out of the spool: what waits is filtered, grouped, formatted, sent, and then taken out of the queue.

At least once, in order: an event leaves the queue in the transaction that follows its delivery, and nothing behind it is sent
before. What a receiver refuses, or no format can render, becomes a dead letter with the reason; the rest goes on.
"""

from __future__ import annotations

import time
from threading import Event as Flag
from typing import TYPE_CHECKING

from flycatcher.sinks.delivery.backoff import pause
from flycatcher.sinks.delivery.filters import wants
from flycatcher.sinks.delivery.grouping import Groups
from flycatcher.sinks.delivery.spool import Waiting
from flycatcher.sinks.message import Event, Message, Unavailable, packed, unpacked

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from flycatcher.destination import Destination
    from flycatcher.sinks.delivery.spool import Spool
    from flycatcher.sinks.message import Format, MessageTransport

_IDLE = 1.0
"""Seconds after which a lane looks by itself whether something came, or a group is due."""
_REASON_LIMIT = 500


class Plan:
    """What is to be done with the next events of the queue."""

    def __init__(self, groups: Groups) -> None:
        """Start with nothing; ``groups`` takes what is counted rather than sent."""
        self.groups = groups
        self.taken: list[Waiting] = []
        self.messages: list[Message] = []
        self.sources: list[Waiting] = []
        """Beside each message: the event that it came from."""
        self.filtered = self.grouped = 0
        self.unreadable: list[tuple[Waiting, str]] = []


class Lane:
    """One sink."""

    def __init__(self, destination: Destination, form: Format, transport: MessageTransport, spool: Spool) -> None:
        """``spool`` is this lane's own connection."""
        self._destination, self._format, self._transport, self._spool = destination, form, transport, spool
        self.wake, self.stop, self.draining = Flag(), Flag(), Flag()
        self._failures = 0
        self._allowance = float(destination.rate)
        self._refilled = time.monotonic()

    def run(self) -> None:
        """Deliver until told to stop, or, when draining, until nothing waits."""
        try:
            while not self.stop.is_set():
                self.wake.clear()
                if self.turn():
                    continue
                if self.draining.is_set() and not self.backlog():
                    return
                self.wake.wait(_IDLE)
        finally:
            self._transport.close()

    def backlog(self) -> bool:
        """Whether something waits in the queue, or, when draining, in a group."""
        name = self._destination.name
        return bool(self._spool.pending(name, 1)) or bool(self._groups().due(self._horizon(), 1))

    def turn(self) -> bool:
        """Deliver one batch; False where there was nothing to do."""
        if not self.backlog():
            return False
        due = self._due()
        plan = due or self._plan(self._spool.pending(self._destination.name, self._room()))
        if not plan.taken and not plan.messages and not plan.groups.changes:
            return False
        try:
            refused = self._sent(plan.messages)
        except (Unavailable, OSError) as error:
            self._wait_out(error)
            return True
        self._failures = 0
        self._allowance -= len(plan.messages)
        self._commit(plan, refused)
        return True

    def _groups(self) -> Groups:
        return Groups(self._spool.connection, self._destination.name, self._destination.group)

    def _horizon(self) -> float:
        """Return the time up to which windows are over: that of the event that is next; all, once the last one was taken.

        A receiver that was away for longer than the window gets one alert for what came meanwhile, not one per batch.
        """
        for row in self._spool.pending(self._destination.name, 1):
            return min(unpacked(row.body).time, time.time())
        return float("inf") if self.draining.is_set() else time.time()

    def _due(self) -> Plan | None:
        """Return what is to be told of groups whose window is over, None where there are none."""
        plan = Plan(self._groups())
        for key, group in plan.groups.due(self._horizon(), self._room()).items():
            plan.groups.changes[key] = None
            if group.times > 1:
                self._render(plan, group.event(), None)
        return plan if plan.groups.changes else None

    def _plan(self, rows: list[Waiting]) -> Plan:
        plan = Plan(self._groups())
        for row in rows:
            plan.taken.append(row)
            event = unpacked(row.body)
            if not wants(self._destination, event):
                plan.filtered += 1
                continue
            over = plan.groups.over(event)
            if over is not None:
                self._render(plan, over.event(), None)
            if plan.groups.takes(event):
                plan.grouped += 1
            else:
                self._render(plan, event, row)
        return plan

    def _render(self, plan: Plan, event: Event, row: Waiting | None) -> None:
        """Add an event's message; what cannot be rendered becomes a dead letter."""
        row = row or Waiting(0, packed(event))
        try:
            body = self._format.render(event)
        except Exception as error:  # noqa: BLE001 - one event or template that is not understood must not stop the others
            plan.unreadable.append((row, f"cannot be rendered: {type(error).__name__}: {error}"))
            return
        plan.messages.append(Message(body=body, content_type=self._format.content_type, event=event))
        plan.sources.append(row)

    def _sent(self, messages: list[Message]) -> Mapping[int, str]:
        """Send all; where a receiver refuses a batch as a whole, one by one. Return why which was refused."""
        if not messages:
            return {}
        refused = self._tried(messages)
        if len(messages) == 1 or len(refused) < len(messages):
            return refused
        alone: dict[int, str] = {}
        for number, message in enumerate(messages):
            reasons = self._tried([message])
            if reasons:
                alone[number] = "; ".join(reasons.values())
        return alone

    def _tried(self, messages: list[Message]) -> Mapping[int, str]:
        """Send; what a transport stumbles over is refused, so that one message never stops all behind it.

        Raises Unavailable, OSError.
        """
        try:
            return dict(self._transport.send(messages))
        except (Unavailable, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - a dead letter, with what was wrong, can be retried
            return dict.fromkeys(range(len(messages)), f"cannot be sent: {type(error).__name__}: {error}")

    def _commit(self, plan: Plan, refused: Mapping[int, str]) -> None:
        name, now = self._destination.name, time.time()
        dead = plan.unreadable + [(plan.sources[number], why) for number, why in sorted(refused.items())]
        delivered = len(plan.messages) - len(refused)
        with self._spool.transaction() as db:
            db.executemany("DELETE FROM queue WHERE sink = ? AND seq = ?", [(name, row.seq) for row in plan.taken])
            plan.groups.save(db)
            for row, why in dead:
                self._bury(db, row, why, now)
            db.execute(
                "UPDATE sinks SET delivered = delivered + ?, filtered = filtered + ?, grouped = grouped + ?, refused = refused + ?,"
                " next_try = 0, last = CASE WHEN ? THEN ? ELSE last END WHERE name = ?",
                (delivered, plan.filtered, plan.grouped, len(dead), delivered, now, name),
            )

    def _bury(self, db: sqlite3.Connection, row: Waiting, why: str, now: float) -> None:
        uid = unpacked(row.body).uid
        db.execute(
            "INSERT OR REPLACE INTO dead VALUES"
            " (?, COALESCE(NULLIF(?, 0), (SELECT MIN(-1, MIN(seq) - 1) FROM dead), -1), ?, ?, ?, ?)",
            (self._destination.name, row.seq, uid, now, why[:_REASON_LIMIT], row.body),
        )

    def _wait_out(self, error: Exception) -> None:
        """Note the failure, and wait for the next try."""
        self._failures += 1
        seconds = pause(self._failures, getattr(error, "after", None))
        said = str(error) or type(error).__name__
        self._spool.failed(self._destination.name, said[:_REASON_LIMIT], time.time() + seconds)
        self.stop.wait(seconds)

    def _room(self) -> int:
        """Return how many messages may go now: as many as the transport takes, or what the rate allows, for which is waited."""
        rate, most = self._destination.rate, min(self._destination.batch, self._transport.most)
        if not rate:
            return most
        while not self.stop.is_set():
            now = time.monotonic()
            self._allowance = min(float(rate), self._allowance + (now - self._refilled) * rate / 60)
            self._refilled = now
            if self._allowance >= 1:
                break
            self.stop.wait((1 - self._allowance) * 60 / rate)
        return max(1, min(most, int(self._allowance)))
