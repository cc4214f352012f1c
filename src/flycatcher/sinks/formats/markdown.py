"""A Markdown table of findings, for pull-request comments and step summaries. Nothing in it is markup but the table itself."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from flycatcher.sinks.formats.frame import summary_line
from flycatcher.sinks.formats.github import escape_markdown
from flycatcher.sinks.formats.line import how, level_of, what
from flycatcher.sinks.formats.neutral import neutral
from flycatcher.sinks.transports.files import create, write_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record

ROWS_LIMIT = 500


class Markdown:
    """``--format markdown``."""

    def __init__(self, path: str, *, handle: IO[bytes] | None = None) -> None:
        """Keep the place; ``handle``: an open stream instead of a file."""
        self.path = path
        self._handle = handle
        self._rows = 0

    def open(self) -> None:
        """Begin the table."""
        if self._handle is None:
            self._handle = create(self.path)
        write_all(
            self._handle,
            b"### Flycatcher: code on the fly\n\n| place | how | risk | text | last changed by |\n|---|---|---|---|---|\n",
        )

    def write(self, record: Record) -> None:
        """Add a row."""
        self._rows += 1
        if self._handle is None or self._rows > ROWS_LIMIT:
            return
        write_all(self._handle, f"| {' | '.join(_cells(record))} |\n".encode("utf-8", "backslashreplace"))

    def close(self, summary: Mapping[str, Any]) -> None:
        """End with the figures."""
        if self._handle is None:
            return
        more = f"{self._rows - ROWS_LIMIT} more rows are left out. " if self._rows > ROWS_LIMIT else ""
        with self._handle:
            write_all(self._handle, f"\n{more}{escape_markdown(summary_line(summary))}\n".encode())


def _cells(record: Record) -> list[str]:
    """Return a row's cells."""
    if "notice" in record:
        notice = record["notice"]
        place = f"{notice['path']}:{notice['line']}"
        return [_code(place), notice["kind"], "", escape_markdown(neutral(notice["message"])), ""]
    finding = record["finding"]
    change = finding.get("change") or {}
    who = change.get("author", "") and f"{change['author']}, {change.get('age_days', 0)} days ago"
    alone = " (seen by one person)" if change.get("single_person") else ""
    return [
        _code(f"{finding['path']}:{finding['span']['line']}"),
        escape_markdown(how(record)),
        escape_markdown(level_of(record)),
        _code(what(record)),
        escape_markdown(neutral(who + alone)),
    ]


def _code(text: str) -> str:
    """Return text in a code element, every character that could be markup as a reference."""
    return f"<code>{escape_markdown(neutral(text))}</code>"
