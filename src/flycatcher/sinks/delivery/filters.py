"""Which events a sink wants."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from flycatcher.core.levels import at_least

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Event


def wants(destination: Destination, event: Event) -> bool:
    """Whether an event is for this sink; what is not a detection is chosen by its kind alone."""
    if destination.events and event.kind not in destination.events:
        return False
    if not event.is_detection:
        return True
    record = event.record
    snippets = [snippet for snippet in record.get("snippets") or () if isinstance(snippet, dict)]
    context = (record.get("execution") or {}).get("context") or {}
    return (
        at_least(event.level, destination.level)
        and _any(destination.interpreters, [record.get("interpreter"), *(s.get("interpreter") for s in snippets)])
        and _any(destination.vectors, [snippet.get("vector") for snippet in snippets])
        and _any(destination.capabilities, record.get("capabilities") or ())
        and _any(destination.environments, [context.get("environment", "")])
    )


def _any(patterns: Sequence[str], values: Iterable[object]) -> bool:
    """Whether one of the values matches one of the patterns; no patterns match everything."""
    return not patterns or any(fnmatchcase(str(value), pattern) for value in values for pattern in patterns)
