"""GitHub Actions: an annotation per detection, and a step summary.

Source: GitHub's reference of workflow commands: data escapes ``%``, CR and LF; properties also ``:`` and ``,``. A line of the
payload that began with ``::`` would be a command of its own, so every value is one neutralised line before it is escaped.
"""

from __future__ import annotations

import os
import re
from typing import IO, TYPE_CHECKING, Any

from flycatcher.sinks.formats.line import how, level_of, summary_line, what, who
from flycatcher.sinks.formats.neutral import neutral
from flycatcher.sinks.transports.files import create_appending, write_all
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record

ANNOTATIONS_LIMIT = 50
"""GitHub shows ten errors and ten warnings a step; the rest is in the summary."""
ROWS_LIMIT = 500
"""A step summary may have 1 MiB; a row is at most some 1,500 bytes."""
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#+\-.!|~<>&@:$^=/]")


def escape_data(text: str) -> str:
    """Escape a workflow command's message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Escape a workflow command's property."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def _file(path: str) -> str:
    """Return a file's name for an annotation: as it is, but for what would speak to whoever reads the log in a terminal."""
    return escape_property(path if all(c.isprintable() or c in "\r\n" for c in path) else visible(path))


def escape_markdown(text: str) -> str:
    """Write every character that Markdown or HTML could read as markup as a character reference."""
    return _MARKDOWN.sub(lambda found: f"&#{ord(found.group())};", text)


def annotation(record: Record) -> str:
    """Return the workflow command for one detection."""
    command = "error" if level_of(record) in {"high", "critical"} else "warning"
    title = f"code on the fly: {how(record)}"
    if "finding" in record or "notice" in record:
        return _at_place(record, command, title)
    return f"::{command} title={escape_property(title)}::{escape_data(f'{what(record)}  started by: {who(record)}')}"


def _at_place(record: Record, command: str, title: str) -> str:
    """Return the workflow command for a finding of a scan: the annotation stands at its lines."""
    notice = record.get("notice")
    if notice:
        where = f"file={_file(notice['path'])},line={notice['line']}"
        return f"::warning {where},title={escape_property(notice['kind'])}::{escape_data(neutral(notice['message']))}"
    finding = record["finding"]
    span = finding.get("payload") or finding["span"]
    where = f"file={_file(finding['path'])},line={span['line']},endLine={span['end_line']}"
    if span["line"] == span["end_line"]:
        where += f",col={span['column']},endColumn={span['end_column']}"
    said = what(record) + (f"  risk: {level_of(record)}" if level_of(record) else "")
    return f"::{command} {where},title={escape_property(title)}::{escape_data(said)}"


def row(record: Record) -> str:
    """Return the summary's table row for one detection; the payload stands in <code>, escaped."""
    cells = [
        escape_markdown(how(record)),
        escape_markdown(level_of(record)),
        f"<code>{escape_markdown(what(record))}</code>",
    ]
    return f"| {' | '.join(cells)} | <code>{escape_markdown(who(record))}</code> |"


class GitHub:
    """Added by itself where GITHUB_ACTIONS is set."""

    def __init__(self, stream: IO[str], summary_path: str = "", owner: tuple[int, int] | None = None) -> None:
        """``stream`` takes the annotations (the runner reads stdout and stderr); the summary goes to GITHUB_STEP_SUMMARY."""
        self.path = summary_path or "stderr"
        self._stream = stream
        self._summary_path = summary_path
        self._owner = owner
        self._handle: IO[bytes] | None = None
        self._count = 0

    def open(self) -> None:
        """Begin the summary."""
        if self._summary_path:
            self._handle = create_appending(self._summary_path, self._owner)
            head = "### Flycatcher: code on the fly\n\n| how | risk | text | started by |\n|---|---|---|---|\n"
            write_all(self._handle, head.encode())

    def write(self, record: Record) -> None:
        """Annotate, and add a row."""
        self._count += 1
        if self._count <= ANNOTATIONS_LIMIT:
            self._stream.write(annotation(record) + "\n")
            self._stream.flush()
        if self._handle is not None and self._count <= ROWS_LIMIT:
            write_all(self._handle, f"{row(record)}\n".encode("utf-8", "backslashreplace"))

    def close(self, summary: Mapping[str, Any]) -> None:
        """End the summary with the figures."""
        if self._handle is not None:
            more = f"{self._count - ROWS_LIMIT} more rows are in the report file. " if self._count > ROWS_LIMIT else ""
            with self._handle:
                write_all(self._handle, f"\n{more}{summary_line(summary)}\n".encode())


def wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether this runs inside GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"
