"""Whose a report's records are: detections name their host, notices and summaries do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import structs

from flycatcher.sinks.message import Group, event_of, host_of, mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flycatcher.sinks.message import Event

_WAITING = 1000
"""Records that wait for one that names its host; more are this machine's."""


def hosted(records: Iterable[Mapping[str, Any]], host: str = "") -> Iterator[Event]:
    """Yield a report's records as events, in order.

    One that names no host is ``host``'s; where that is empty, the host's of the record that named one last, or next. A report that
    names none is this machine's.
    """
    waiting: list[Mapping[str, Any]] = []
    last = host
    for record in records:
        last = host or host_of(record) or str(mapping(record.get("event")).get("host") or "") or last
        if not last and len(waiting) < _WAITING:
            waiting.append(record)
            continue
        yield from (_event(each, last) for each in waiting)
        waiting.clear()
        yield _event(record, last)
    yield from (_event(each, last) for each in waiting)


def _event(record: Mapping[str, Any], host: str) -> Event:
    """Return a record as an event, with the count that a sink's file says beside it."""
    made = event_of({key: value for key, value in record.items() if key != "event"}, host)
    try:
        return structs.replace(made, group=msgspec.convert(mapping(record.get("event")).get("group"), Group | None))
    except msgspec.ValidationError:
        return made
