"""JUnit XML (a test case a finding, which has failed) and Checkstyle XML (an error a finding): what every CI system shows.

Sources: the JUnit schema of Jenkins' xUnit plugin; Checkstyle's XMLLogger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from flycatcher import __version__
from flycatcher.sinks.formats.line import deeds, how, level_of, what
from flycatcher.sinks.formats.place import Root
from flycatcher.sinks.formats.rules import rule_of
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record, Transport

_SEVERITY = {"critical": "error", "high": "error", "medium": "warning", "low": "info", "none": "info"}


class _Entry:
    """One finding or notice, in words that XML can hold."""

    def __init__(self, record: Record, root: Root) -> None:
        """Take what both formats need."""
        notice = record.get("notice")
        place = notice or record["finding"]
        span = notice or place["span"]
        self.path = one_line(root.path(str(place["path"])))
        self.line, self.column = int(span["line"]), int(span["column"])
        self.level = "low" if notice else level_of(record)
        self.rule = str(notice["kind"]) if notice else rule_of(record).id
        self.title = one_line(str(notice["message"])) if notice else how(record)
        self.text = "" if notice else what(record)
        self.does = "" if notice else deeds(record)


class _Xml:
    """What both have in common: an entry for each record that has a place; one document at the end."""

    def __init__(self, transport: Transport, root: Root | None = None) -> None:
        """``transport`` takes the bytes; ``root`` says how paths are written."""
        self.path = transport.path
        self._transport = transport
        self._root = root or Root()
        self._entries: list[_Entry] = []

    def open(self) -> None:
        """Open the transport, so that a wrong path fails before the scan."""
        self._transport.open()

    def write(self, record: Record) -> None:
        """Keep one entry."""
        if "finding" in record or "notice" in record:
            self._entries.append(_Entry(record, self._root))

    def _write(self, lines: list[str]) -> None:
        """Write the document."""
        text = "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', *lines, ""))
        try:
            self._transport.write(text.encode("utf-8", "backslashreplace"))
        finally:
            self._transport.close()


class JUnit(_Xml):
    """``--format junit``: a scan without findings is one test that has passed."""

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the suite."""
        count = len(self._entries)
        head = f'<testsuite name="flycatcher scan" tests="{max(1, count)}" failures="{count}" errors="0" skipped="0">'
        cases = [line for entry in self._entries for line in _case(entry)]
        passed = f'<testcase classname="flycatcher" name="{summary.get("files", 0)} build files"/>'
        self._write([head, *(cases or [passed]), "</testsuite>"])


def _case(entry: _Entry) -> list[str]:
    """Return one failed test."""
    place = f"{entry.path}:{entry.line}:{entry.column}"
    body = "\n".join(filter(None, (f"{place}: {entry.title}", entry.text, entry.does)))
    return [
        f'<testcase classname={quoteattr(entry.rule)} name={quoteattr(place)} file={quoteattr(entry.path)} line="{entry.line}">',
        f"<failure type={quoteattr(entry.level)} message={quoteattr(entry.title)}>{escape(body)}</failure>",
        "</testcase>",
    ]


class Checkstyle(_Xml):
    """``--format checkstyle``: the errors of each file together."""

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the document."""
        del summary
        lines = [f'<checkstyle version="flycatcher {__version__}">']
        for path in dict.fromkeys(entry.path for entry in self._entries):
            lines.append(f"<file name={quoteattr(path)}>")
            lines.extend(_error(entry) for entry in self._entries if entry.path == path)
            lines.append("</file>")
        self._write([*lines, "</checkstyle>"])


def _error(entry: _Entry) -> str:
    """Return one error."""
    said = f"{entry.title}: {entry.text}" if entry.text else entry.title
    severity = _SEVERITY.get(entry.level, "warning")
    return (
        f'<error line="{entry.line}" column="{entry.column}" severity="{severity}" message={quoteattr(said)} '
        f'source="flycatcher.{entry.rule}"/>'
    )
