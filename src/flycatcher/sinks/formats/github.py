"""GitHub Actions: an annotation per detection, and a step summary.

A line of the payload that began with ``::`` would be a command of its own: every value is one escaped line.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Any

from flycatcher.sinks.formats.line import how, level_of, news, summary_line, what, who
from flycatcher.terminal import markdown, workflow_data, workflow_path, workflow_property
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record, Transport

ANNOTATIONS_LIMIT = 50
"""GitHub shows ten errors and ten warnings a step; the rest is in the summary."""
COMMANDS = {"medium": "warning", "high": "error", "critical": "error"}
"""Level to workflow command; everything below is a notice."""
ROWS_LIMIT = 500
"""A step summary may have 1 MiB; a row is at most some 1,500 bytes."""


def annotation(record: Record) -> str:
    """Return the workflow command for one detection."""
    command = COMMANDS.get(level_of(record), "notice")
    title = f"code on the fly: {how(record)}"
    if "finding" in record or "notice" in record:
        return _at_place(record, command, title)
    said = f"{what(record)}  started by: {who(record)}" + (f"  {news(record)}" if news(record) else "")
    return f"::{command} title={workflow_property(title)}::{workflow_data(said)}"


def _at_place(record: Record, command: str, title: str) -> str:
    """Return the workflow command for a finding of a scan: the annotation is placed at its lines."""
    notice = record.get("notice")
    if notice:
        where = f"file={workflow_path(notice['path'])},line={notice['line']}"
        return f"::warning {where},title={workflow_property(notice['kind'])}::{workflow_data(notice['message'])}"
    finding = record["finding"]
    span = finding.get("payload") or finding["span"]
    where = f"file={workflow_path(finding['path'])},line={span['line']},endLine={span['end_line']}"
    if span["line"] == span["end_line"]:
        where += f",col={span['column']},endColumn={span['end_column']}"
    said = what(record) + (f"  risk: {level_of(record)}" if level_of(record) not in {"", "none"} else "")
    return f"::{command} {where},title={workflow_property(title)}::{workflow_data(said)}"


def row(record: Record) -> str:
    """Return the summary's table row for one detection; the payload is in <code>, escaped."""
    cells = [
        markdown(how(record)),
        markdown(level_of(record)),
        f"<code>{markdown(what(record))}</code>",
    ]
    return f"| {' | '.join(cells)} | <code>{markdown(who(record))}</code> |"


class GitHub:
    """The sink of ``run`` on GitHub Actions, and ``scan --format github``."""

    def __init__(self, stream: IO[str], summary: Transport | None = None) -> None:
        """``stream`` takes the annotations (the runner reads stdout and stderr), ``summary`` the step summary's Markdown."""
        self.path = summary.path if summary else "stderr"
        self._stream = stream
        self._summary = summary
        self._count = 0

    def open(self) -> None:
        """Begin the summary."""
        if self._summary is not None:
            self._summary.open()
            self._summary.write(
                b"### Flycatcher: code on the fly\n\n| how | risk | text | started by |\n|---|---|---|---|\n"
            )

    def write(self, record: Record) -> None:
        """Annotate, and add a row; what is accepted is only counted."""
        if record.get("policy", {}).get("action") == "suppressed":
            return
        self._count += 1
        if self._count <= ANNOTATIONS_LIMIT:
            self._stream.write(annotation(record) + "\n")
            self._stream.flush()
        if self._summary is not None and self._count <= ROWS_LIMIT:
            self._summary.write(f"{row(record)}\n".encode("utf-8", "backslashreplace"))

    def close(self, summary: Mapping[str, Any]) -> None:
        """End the summary with the figures."""
        if self._summary is None:
            return
        more = (
            f"{counted(self._count - ROWS_LIMIT, 'more row is', 'more rows are')} in the report file. "
            if self._count > ROWS_LIMIT
            else ""
        )
        try:
            self._summary.write(f"\n{more}{summary_line(summary)}\n".encode())
        finally:
            self._summary.close()


def wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this runs inside GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"
