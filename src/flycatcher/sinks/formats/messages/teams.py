"""Microsoft Teams, for a workflow's webhook: an Adaptive Card 1.4, whose text runs and facts hold no Markdown of the event's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.sinks.formats.chat import inert, note

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

_COLOURS = {"none": "default", "low": "accent", "medium": "warning", "high": "attention", "critical": "attention"}


class Teams:
    """``format = "teams"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return the webhook's body: a RichTextBlock knows no Markdown, a FactSet does."""
        said = note(event)
        body: list[dict[str, Any]] = [_runs(said.headline, weight="bolder", size="medium", color=_COLOURS[event.level])]
        if said.text:
            body.append(_runs(said.text, fontType="monospace"))
        body.append({"type": "FactSet", "facts": [{"title": name, "value": inert(text)} for name, text in said.facts]})
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "fallbackText": inert(said.headline),
            "body": body,
        }
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        return msgspec.json.encode({"type": "message", "attachments": [attachment]})


def _runs(text: str, **style: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}


FORMAT = Teams
