"""A Markdown table of findings, for pull-request comments and step summaries. Only the table itself is markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.sinks.formats.frame import summary_line
from flycatcher.sinks.formats.line import how, level_of, what
from flycatcher.terminal import markdown
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record, Transport

ROWS_LIMIT = 500


class Markdown:
    """``--format markdown``."""

    def __init__(self, transport: Transport) -> None:
        """``transport`` takes the bytes."""
        self.path = transport.path
        self._transport = transport
        self._rows = 0

    def open(self) -> None:
        """Begin the table."""
        self._transport.open()
        self._transport.write(
            b"### Flycatcher: code on the fly\n\n| place | how | risk | text | last changed by |\n|---|---|---|---|---|\n"
        )

    def write(self, record: Record) -> None:
        """Add a row."""
        self._rows += 1
        if self._rows <= ROWS_LIMIT:
            self._transport.write(f"| {' | '.join(_cells(record))} |\n".encode("utf-8", "backslashreplace"))

    def close(self, summary: Mapping[str, Any]) -> None:
        """End with the figures."""
        more = (
            f"{counted(self._rows - ROWS_LIMIT, 'more row is', 'more rows are')} left out. "
            if self._rows > ROWS_LIMIT
            else ""
        )
        try:
            self._transport.write(f"\n{more}{markdown(summary_line(summary))}\n".encode())
        finally:
            self._transport.close()


def _cells(record: Record) -> list[str]:
    """Return a row's cells."""
    if "notice" in record:
        notice = record["notice"]
        place = f"{notice['path']}:{notice['line']}"
        return [_code(place), markdown(notice["kind"]), "", markdown(notice["message"]), ""]
    finding = record["finding"]
    change = finding.get("change") or {}
    who = change.get("author", "") and f"{change['author']}, {counted(change.get('age_days', 0), 'day')} ago"
    alone = " (seen by one person)" if change.get("single_person") else ""
    return [
        _code(f"{finding['path']}:{finding['span']['line']}"),
        markdown(how(record)),
        markdown(level_of(record)),
        _code(what(record)),
        markdown(who + alone),
    ]


def _code(text: str) -> str:
    """Return text in a code element, every character that could be markup as a reference."""
    return f"<code>{markdown(text)}</code>"
