"""OCSF 1.5.0 Script Activity (1009): what an interpreter was made to run, as an activity rather than a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flycatcher.sinks.formats.facts import facts_of, filled
from flycatcher.sinks.formats.messages.ocsf import (
    SEVERITIES,
    base,
    container,
    device,
    notice,
    process,
    script,
    unmapped,
)

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

_EXECUTE = (1, "Execute")


class OcsfActivity:
    """``format = "ocsf-activity"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return one event; what is no detection is written as the format ``ocsf`` writes it."""
        if not event.is_detection:
            return msgspec.json.encode(filled(notice(event)) | {"severity_id": SEVERITIES[event.level][0]})
        facts = facts_of(event)
        made = base(event, 1009, "Script Activity", _EXECUTE) | {
            "category_name": "System Activity",
            "actor": {"process": process(facts)},
            "device": device(event),
            "script": script(facts, 0)
            if facts.snippets
            else {"script_content": {"value": "(not captured)"}, "type": "Unknown"},
            "status": {"denied": "Failure", "killed": "Failure"}.get(facts.outcome, "Success"),
            "status_id": {"denied": 2, "killed": 2}.get(facts.outcome, 1),
            "unmapped": unmapped(facts)
            | {
                "risk_score": facts.score,
                "risk_reasons": facts.reasons,
                "techniques": facts.techniques,
                "detection": facts.id,
                "container": container(facts),
            },
        }
        if event.group is not None:
            made["count"] = event.group.count
        found = filled(made)
        found["severity_id"] = SEVERITIES[event.level][0]
        found["device"].setdefault("type_id", 0)
        found["script"].setdefault("type_id", 0)
        return msgspec.json.encode(found)


FORMAT = OcsfActivity
