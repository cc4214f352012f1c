"""Discord, for a webhook: one embed, and no mention of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flycatcher.sinks.formats.chat import fenced, inert, note
from flycatcher.sinks.message import rfc3339

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

_TITLE, _VALUE = 256, 1024
"""Characters of an embed's title and of a field's value that Discord takes."""


class Discord:
    """``format = "discord"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return the webhook's body."""
        said = note(event)
        embed = {
            "title": inert(said.headline[: _TITLE // 2]),
            "color": int(said.colour.removeprefix("#"), 16),
            "timestamp": rfc3339(event.time),
            "description": fenced(said.text) if said.text else inert(said.headline),
            "fields": [
                {"name": name, "value": inert(text)[:_VALUE], "inline": len(text) < 40} for name, text in said.facts
            ],
        }
        return msgspec.json.encode({"embeds": [embed], "allowed_mentions": {"parse": []}})


FORMAT = Discord
