"""The comment that accepts a finding for a time, where the scan itself honours it: each way of writing it is tried first."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from flycatcher.config.model import ACCEPTED_DAYS
from flycatcher.sources.buildfiles import comments_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flycatcher.commands.lsp.analysis import Answer, Note, Request

LARGE = 1 << 20
"""Characters of a document from which on the scans that try a comment take too long."""
PLACEHOLDER = "REASON"
"""Shorter than a reason may be: the comment suppresses nothing until somebody has written one."""
_TRIED = "somebody has looked at it"
_CLOSING = {"/*": " */", "<!--": " -->", "(*": " *)", "{#": " #}"}


class Insertion(NamedTuple):
    """A comment to be inserted at an offset."""

    offset: int
    text: str


def suggested(
    request: Request, answer: Answer, note: Note, scan: Callable[[Request], Answer], today: dt.date | None = None
) -> Insertion | None:
    """Return the comment that accepts a finding, None where the file's language has no place for one.

    ``answer`` is that to the request. ``scan`` is asked whether the finding, and nothing else, is accepted once the placeholder
    is a reason.
    """
    until = (today or dt.datetime.now(dt.UTC).date()) + dt.timedelta(days=ACCEPTED_DAYS)
    for opening in comments_of(answer.file_type)[:2] if _takes_comments(request) else ():
        begin, end = (
            f"{opening} flycatcher: ignore[{','.join(note.vectors)}] ",
            f" until={until}{_CLOSING.get(opening, '')}",
        )
        for line in note.lines:
            for offset, left, right in _places(request.text, line):
                tried = scan(inserted(request, Insertion(offset, left + begin + _TRIED + end + right)))
                if _accepts(answer, tried, note):
                    return Insertion(offset, left + begin + PLACEHOLDER + end + right)
    return None


def _takes_comments(request: Request) -> bool:
    """Whether comments do no harm, and soon: a document that is strict JSON so far is left so."""
    if len(request.text) > LARGE:
        return False
    if not request.shown.endswith(".json"):
        return True
    try:
        json.loads(request.text)
    except (ValueError, RecursionError):
        return True
    return False


def inserted(request: Request, insertion: Insertion) -> Request:
    """Return the document with the comment."""
    text = request.text[: insertion.offset] + insertion.text + request.text[insertion.offset :]
    return structs.replace(request, text=text)


def _places(text: str, line: int) -> Iterator[tuple[int, str, str]]:
    """Yield where a comment may stand and what is around it: a line of its own above, the line's end; no continued line."""
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return
    start = sum(len(each) + 1 for each in lines[: line - 1])
    written = lines[line - 1]
    end = "\r\n" if written.endswith("\r") else "\n"
    if line == 1 or not _continues(lines[line - 2]):
        yield start, written[: len(written) - len(written.lstrip(" \t"))], end
    if not _continues(written):
        yield start + len(written.removesuffix("\r")), " ", ""


def _continues(line: str) -> bool:
    """Whether a backslash joins a line with the next one."""
    line = line.rstrip("\r")
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _accepts(before: Answer, after: Answer, note: Note) -> bool:
    """Whether the finding is accepted now, and every text is what it was: no other id has come or gone."""
    found = (Counter(each.detection for each in answer.notes if each.detection) for answer in (before, after))
    shown, left = found
    same = shown + Counter(before.suppressed) == left + Counter(after.suppressed)
    return same and left[note.detection] < shown[note.detection]
