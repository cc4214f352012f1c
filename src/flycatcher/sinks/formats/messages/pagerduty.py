"""PagerDuty Events API v2: the event without its routing key, which the transport adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flycatcher.sinks.formats.facts import facts_of, filled
from flycatcher.sinks.formats.title import payload, title
from flycatcher.sinks.message import rfc3339

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

_SEVERITIES = {"none": "info", "low": "info", "medium": "warning", "high": "error", "critical": "critical"}
_SUMMARY = 1024


class PagerDuty:
    """``format = "pagerduty"``. The same detection on the same host is one incident (``dedup_key``)."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return one event."""
        facts = facts_of(event)
        details = {"text": payload(event), "reasons": facts.reasons, "techniques": facts.techniques, "uid": event.uid}
        return msgspec.json.encode(
            {
                "event_action": "trigger",
                "dedup_key": f"{event.host}/{facts.id or event.uid}"[:255],
                "payload": {
                    "summary": title(event)[:_SUMMARY],
                    "source": event.host,
                    "severity": _SEVERITIES[event.level],
                    "timestamp": rfc3339(event.time),
                    "class": event.kind,
                    "custom_details": filled(details),
                },
            }
        )


FORMAT = PagerDuty
