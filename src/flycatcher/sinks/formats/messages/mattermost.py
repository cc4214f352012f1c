"""Mattermost, for an incoming webhook: an attachment whose program text is a code block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flycatcher.sinks.formats.chat import fenced, inert, note

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event


class Mattermost:
    """``format = "mattermost"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return the webhook's body."""
        said = note(event)
        fields = [{"short": len(text) < 40, "title": name, "value": inert(text)} for name, text in said.facts]
        attachment = {
            "fallback": inert(said.headline),
            "color": said.colour,
            "title": inert(said.headline),
            "text": fenced(said.text) if said.text else "",
            "fields": fields,
        }
        return msgspec.json.encode({"attachments": [attachment]})


FORMAT = Mattermost
