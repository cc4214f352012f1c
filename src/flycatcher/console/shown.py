"""Texts of unknown origin as HTML: what shows as nothing, turns the direction or obeys a terminal is written out and marked."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

from flycatcher.console.tree import items, table, tables, whole
from flycatcher.core.levels import level_of
from flycatcher.terminal import html, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LONGEST = 64 << 10
"""Characters of a text that a page shows."""
_MARKS = 400
"""Places of one text that are marked."""


class Mark(Struct, frozen=True):
    """A place in a text that shows a reason."""

    start: int
    end: int
    reason: int
    points: int
    said: str


def code(text: str, marks: Iterable[Mark] = ()) -> Markup:
    """Return a text with its line breaks, its marked places marked, and every hidden character shown."""
    shown = text[:LONGEST]
    parts = "".join(_piece(shown[start:end], over) for start, end, over in _pieces(len(shown), list(marks)[:_MARKS]))
    rest = len(text) - len(shown)
    more = f'<span class="more">… {rest:,} more characters: see the record</span>' if rest else ""
    return Markup(parts + more)  # noqa: S704 - made of escaped pieces


def line(value: object) -> Markup:
    """Return a value in one line, every hidden character shown and marked."""
    return Markup("".join(_spans(str(value), breaks=False)))  # noqa: S704 - as above


def _piece(text: str, over: Sequence[Mark]) -> str:
    inside = "".join(_spans(text, breaks=True))
    if not over or not text:
        return inside
    worst = max(over, key=lambda mark: mark.points)
    said = html("; ".join(dict.fromkeys(mark.said for mark in over)))
    names = " ".join(f"r{mark.reason}" for mark in over)
    return f'<mark class="{level_of(min(100, worst.points * 2))} {names}" title="{said}">{inside}</mark>'


def _pieces(length: int, marks: Sequence[Mark]) -> Iterator[tuple[int, int, list[Mark]]]:
    """Yield spans that cover a text, each with the marks that lie over it."""
    inside = [mark for mark in marks if 0 <= mark.start < mark.end]
    edges = sorted({0, length, *(min(edge, length) for mark in inside for edge in (mark.start, mark.end))})
    for start, end in pairwise(edges):
        yield start, end, [mark for mark in inside if mark.start <= start and end <= mark.end]


def _spans(text: str, *, breaks: bool) -> Iterator[str]:
    """Yield a text escaped, runs of hidden characters in a span that names them."""
    if text.isascii() and (text.replace("\n", "").replace("\t", "") if breaks else text).isprintable():
        yield html_of(text)  # nearly every text: nothing in it hides
        return
    plain: list[str] = []
    for character in text:
        shown = character if breaks and character in "\n\t" else visible(character)
        if shown == character:
            plain.append(shown)
            continue
        yield html_of(plain)
        plain.clear()
        yield f'<span class="hidden" title="{html(_name(character))}">{html(shown)}</span>'
    yield html_of(plain)


def html_of(characters: Iterable[str]) -> str:
    """Return characters of which each one is visible, or a line break or tab, as HTML."""
    text = "".join(characters)
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#39;")
    )


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def marks(record: Mapping[str, Any]) -> dict[tuple[int, int], list[Mark]]:
    """Return the marks of a record's reasons, by snippet and layer."""
    found: dict[tuple[int, int], list[Mark]] = {}
    for number, reason in enumerate(items(table(record.get("risk")).get("reasons"))):
        for evidence in tables(table(reason).get("evidence")):
            span = items(evidence.get("span"))
            if len(span) == 2:
                start, end = whole(span[0]), whole(span[1])
                mark = Mark(start, end, number, whole(reason.get("points")), str(reason.get("text", ""))[:300])
                found.setdefault((whole(reason.get("snippet")), whole(evidence.get("layer"))), []).append(mark)
    return found
