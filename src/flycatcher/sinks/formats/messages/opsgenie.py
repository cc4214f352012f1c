"""Opsgenie: a request that creates an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flycatcher.sinks.formats.facts import facts_of, filled
from flycatcher.sinks.formats.title import payload, title

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

_PRIORITIES = {"none": "P5", "low": "P4", "medium": "P3", "high": "P2", "critical": "P1"}
_MESSAGE = 130


class Opsgenie:
    """``format = "opsgenie"``. The same detection on the same host is one alert (``alias``)."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return one request."""
        facts = facts_of(event)
        details = {"host": event.host, "text": payload(event)[:1000], "uid": event.uid, "detection": facts.id}
        return msgspec.json.encode(
            {
                "message": title(event)[:_MESSAGE],
                "alias": f"{event.host}/{facts.id or event.uid}"[:512],
                "description": "; ".join(facts.reasons)[:15000] or title(event),
                "priority": _PRIORITIES[event.level],
                "source": "flycatcher",
                "tags": ["flycatcher", *facts.techniques][:20],
                "details": filled(details),
            }
        )


FORMAT = Opsgenie
