"""Jibril's events, version 1: ``kind``, ``id`` and ``agent_id`` around ``data`` with its ``head`` and ``body``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flycatcher.sinks.formats.messages import jibril

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event


class JibrilV1:
    """``format = "jibril-v1"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return one event."""
        made = jibril.body(event)
        base = made["base"]
        head = {key: base[key] for key in ("uuid", "timestamp", "metadata", "score", "note") if key in base}
        rest = {key: value for key, value in {**base, **made}.items() if key not in head and key != "base"}
        return msgspec.json.encode(
            {
                "kind": base["metadata"]["kind"],
                "id": event.uid,
                "agent_id": event.host,
                "data": {"head": head, "body": rest},
            }
        )


FORMAT = JibrilV1
