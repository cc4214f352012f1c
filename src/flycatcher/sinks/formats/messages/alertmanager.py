"""Prometheus Alertmanager: one alert of its API v2, whose labels are what it groups and silences by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flycatcher.sinks.formats.facts import facts_of, filled
from flycatcher.sinks.formats.title import payload, title
from flycatcher.sinks.message import rfc3339

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event


class Alertmanager:
    """``format = "alertmanager"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return one alert; its end is left to Alertmanager's ``resolve_timeout``."""
        facts = facts_of(event)
        labels = {
            "alertname": "CodeOnTheFly" if event.is_detection else f"Flycatcher{event.kind.title()}",
            "severity": event.level,
            "instance": event.host,
            "detection": facts.id,
            "interpreter": facts.interpreter,
            "vector": str(facts.snippet.get("vector", "")),
            "job": facts.context.get("ci.job", ""),
            "repository": facts.context.get("ci.repository", ""),
        }
        annotations = {"summary": title(event), "text": payload(event), "runbook": facts.guidance, "uid": event.uid}
        return msgspec.json.encode(
            {"labels": filled(labels), "annotations": filled(annotations), "startsAt": rfc3339(event.time)}
        )


FORMAT = Alertmanager
