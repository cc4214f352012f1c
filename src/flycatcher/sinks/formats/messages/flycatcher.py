"""Flycatcher's own JSON: the record of ``--report FILE.jsonl``, with the event it came in.

``event`` holds what a receiver needs to drop copies (``id``), to sort (``time``) and to know what this is (``kind``); the
record's own fields stand beside it, as ``flycatcher schema`` describes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flycatcher.sinks.message import rfc3339

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event


class Flycatcher:
    """``format = "flycatcher"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return one line of JSON."""
        head = {
            "id": event.uid,
            "kind": event.kind,
            "time": rfc3339(event.time),
            "host": event.host,
            "level": event.level,
        }
        if event.group is not None:
            head["group"] = msgspec.to_builtins(event.group)
        return msgspec.json.encode({"event": head, **event.record})


FORMAT = Flycatcher
