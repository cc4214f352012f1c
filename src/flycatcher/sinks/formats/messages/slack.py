"""Slack's Block Kit, for an incoming webhook: every text of the event is ``plain_text`` or preformatted, which has no markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.sinks.formats.chat import note

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

_HEADER, _FIELD, _FIELDS = 150, 2000, 10
"""Characters of a header and of a field, and fields of a section, that Slack takes."""


class Slack:
    """``format = "slack"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return the webhook's body; ``text`` is what a notification shows."""
        said = note(event)
        blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(said.headline, _HEADER)}]
        if said.text:
            run = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": said.text}]}
            blocks.append({"type": "rich_text", "elements": [run]})
        fields = [_plain(f"{name}: {text}", _FIELD) for name, text in said.facts[:_FIELDS]]
        blocks.append({"type": "section", "fields": fields})
        return msgspec.json.encode({"text": _entities(said.headline), "blocks": blocks, "unfurl_links": False})


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text if len(text) <= limit else f"{text[: limit - 1]}…", "emoji": False}


def _entities(text: str) -> str:
    """Return text in which ``<!channel>`` and links are none."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


FORMAT = Slack
