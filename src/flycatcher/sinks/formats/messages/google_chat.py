"""Google Chat, for a space's webhook: a card (cardsV2), whose texts are HTML in which the event's own is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.sinks.formats.chat import note
from flycatcher.terminal import html

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event


class GoogleChat:
    """``format = "google-chat"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return the webhook's body."""
        said = note(event)
        widgets: list[dict[str, Any]] = [{"textParagraph": {"text": html(said.text)}}] if said.text else []
        widgets += [
            {"decoratedText": {"topLabel": name, "text": html(text), "wrapText": True}} for name, text in said.facts
        ]
        card = {"header": {"title": said.headline}, "sections": [{"widgets": widgets}]}
        return msgspec.json.encode({"cardsV2": [{"cardId": event.uid, "card": card}]})


FORMAT = GoogleChat
