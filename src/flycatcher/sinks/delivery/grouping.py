"""The same detection from the same place within a window is one alert, with a count, the first and the last time.

The first one is sent at once; those that follow are counted in the spool, and told of once when the window is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from flycatcher.sinks.message import Group, packed, rfc3339, unpacked

if TYPE_CHECKING:
    import sqlite3

    from flycatcher.sinks.message import Event

_PLACE = ("host.name", "ci.repository", "ci.workflow", "ci.job", "container.id")


def key_of(event: Event) -> str:
    """Return what is the same for the same detection from the same place; empty for what is not grouped."""
    if event.kind != "detection" or event.group is not None:
        return ""
    context = (event.record.get("execution") or {}).get("context") or {}
    return "\0".join([str(event.record.get("id", "")), event.host, *(str(context.get(name, "")) for name in _PLACE)])


class Open(NamedTuple):
    """A group whose window is not over."""

    due: float
    times: int
    first: float
    last: float
    body: bytes
    """The event that came last."""

    def more(self, event: Event) -> Open:
        """Return the group with one more event."""
        return Open(self.due, self.times + 1, self.first, max(self.last, event.time), packed(event))

    def event(self) -> Event:
        """Return the alert that tells of the whole group."""
        event = unpacked(self.body)
        group = Group(self.times, rfc3339(self.first), rfc3339(self.last))
        return structs.replace(event, uid=f"{event.uid}-{self.times}", group=group)


def begun(event: Event, seconds: float) -> Open:
    """Return a group that begins with an event."""
    return Open(event.time + seconds, 1, event.time, event.time, packed(event))


class Groups:
    """A sink's open groups: those of the spool, and what a batch that is not delivered yet would make of them."""

    def __init__(self, db: sqlite3.Connection, sink: str, seconds: float) -> None:
        """``seconds``: the window."""
        self._db, self._sink, self._seconds = db, sink, seconds
        self.changes: dict[str, Open | None] = {}

    def over(self, event: Event) -> Open | None:
        """Return the event's group where its window was over before the event, and it is still to be told of."""
        found = self._found(key_of(event)) if self._seconds else None
        return found if found is not None and event.time >= found.due and found.times > 1 else None

    def takes(self, event: Event) -> bool:
        """Count an event to its group; False where it begins one, and is to be sent."""
        key = key_of(event) if self._seconds else ""
        if not key:
            return False
        found = self._found(key)
        if found is not None and event.time < found.due:
            self.changes[key] = found.more(event)
            return True
        self.changes[key] = begun(event, self._seconds)
        return False

    def _found(self, key: str) -> Open | None:
        return self.changes[key] if key in self.changes else self._stored(key)

    def _stored(self, key: str) -> Open | None:
        row = self._db.execute(
            "SELECT due, count, first, last, body FROM groups WHERE sink = ? AND key = ?", (self._sink, key)
        ).fetchone()
        return None if row is None else Open(*row)

    def due(self, now: float, limit: int) -> dict[str, Open]:
        """Return the groups whose window is over, by key."""
        rows = self._db.execute(
            "SELECT key, due, count, first, last, body FROM groups WHERE sink = ? AND due <= ? ORDER BY due LIMIT ?",
            (self._sink, now, limit),
        )
        return {key: Open(*rest) for key, *rest in rows}

    def save(self, db: sqlite3.Connection) -> None:
        """Write the changes, in the transaction that takes the batch out of the queue."""
        for key, group in self.changes.items():
            if group is None:
                db.execute("DELETE FROM groups WHERE sink = ? AND key = ?", (self._sink, key))
            else:
                db.execute("INSERT OR REPLACE INTO groups VALUES (?, ?, ?, ?, ?, ?, ?)", (self._sink, key, *group))
