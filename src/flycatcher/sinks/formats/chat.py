"""What a chat message says about an event, before a chat's own markup: a headline, a few facts, the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flycatcher.sinks.formats.facts import facts_of
from flycatcher.sinks.formats.title import title
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

COLOURS = {"none": "#8a8a8a", "low": "#2f81c7", "medium": "#d4a017", "high": "#d9534f", "critical": "#a30000"}
TEXT_LIMIT = 1500
_FACT_LIMIT = 300
_REASONS = 3


class Note(NamedTuple):
    """One message's content: every text is one escaped line, and none of it is markup."""

    headline: str
    text: str
    """The program text; empty for what is no detection."""
    facts: list[tuple[str, str]]
    colour: str


def note(event: Event) -> Note:
    """Return what a message about an event says."""
    level = f"[{event.level}] " if event.level != "none" else ""
    facts = [("host", event.host), ("message", event.uid)]
    if not event.is_detection:
        return Note(f"{level}{title(event)}", "", _shown(facts), COLOURS[event.level])
    found = facts_of(event)
    context = found.context
    count = f"{event.group.count} times, {event.group.first} to {event.group.last}" if event.group else ""
    facts = [
        ("host", event.host),
        ("job", " ".join(filter(None, (context.get("ci.repository"), context.get("ci.job"), context.get("ci.run"))))),
        ("container", context.get("container.name") or context.get("container.id", "")),
        ("why", "; ".join(found.reasons[:_REASONS])),
        ("seen", count),
        ("outcome", found.outcome),
        ("detection", found.id),
        ("next", found.guidance),
    ]
    return Note(f"{level}{title(event)}", one_line(found.text, TEXT_LIMIT), _shown(facts), COLOURS[event.level])


def _shown(facts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, one_line(text, _FACT_LIMIT)) for name, text in facts if text]


def fenced(text: str) -> str:
    """Return text as a code block of Markdown that it cannot end: a backtick in it is shown as the letter U+02CB."""
    shown = text.replace("`", "\u02cb")
    return f"```\n{shown}\n```"


def inert(text: str) -> str:
    """Return text in which no character is Markdown, a mention, a link or a tag: punctuation that could be is escaped."""
    return "".join(f"\\{each}" if each in _MARKUP else _FULL.get(each, each) for each in text)


_MARKUP = frozenset("\\*_~`|[](){}#>!+-.=:/&")
_FULL = {"@": "\uff20", "<": "\uff1c"}
"""Characters for which a backslash is not enough everywhere: mentions and tags are read before Markdown is."""
