"""CloudEvents 1.0 in structured mode (JSON event format): Flycatcher's own record in the common envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from flycatcher.sinks.message import rfc3339

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event


class CloudEvents:
    """``format = "cloudevents"``. ``id`` with ``source`` is the same in every copy, as the specification asks."""

    content_type = "application/cloudevents+json"

    def render(self, event: Event) -> bytes:
        """Return one event; ``subject`` is the detection's id, ``type`` ends in the kind."""
        made = {
            "specversion": "1.0",
            "id": event.uid,
            "source": f"/flycatcher/{quote(event.host, safe='')}",
            "type": f"io.flycatcher.{event.kind}.v1",
            "time": rfc3339(event.time),
            "datacontenttype": "application/json",
            "flycatcherlevel": event.level,
            "data": event.record if event.group is None else event.record | {"group": msgspec.to_builtins(event.group)},
        }
        if event.record.get("id"):
            made["subject"] = str(event.record["id"])
        return msgspec.json.encode(made)


FORMAT = CloudEvents
