"""GitLab: the Code Quality report (a list of CodeClimate issues), and the SAST report (schema 15.0.7).

Sources: GitLab's documentation, Code Quality report format; security-report-schemas, sast-report-format.json.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from flycatcher import __version__
from flycatcher.sinks.formats.encode import encode
from flycatcher.sinks.formats.line import deeds, how, level_of, what
from flycatcher.sinks.formats.place import Root
from flycatcher.sinks.formats.rules import rule_of
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record, Transport

SCHEMA = "15.0.7"
_QUALITY = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor", "none": "info"}
_SAST = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low", "none": "Info"}
_CONFIDENCE = {"high": "High", "medium": "Medium", "low": "Low"}


class _Report:
    """What both have in common: one document at the end, of findings and notices with a place."""

    def __init__(self, transport: Transport, root: Root | None = None) -> None:
        """``transport`` takes the bytes; ``root`` says how paths are written."""
        self.path = transport.path
        self._transport = transport
        self._root = root or Root()
        self._entries: list[dict[str, Any]] = []

    def open(self) -> None:
        """Open the transport, so that a wrong path fails before the scan."""
        self._transport.open()

    def _write(self, document: object) -> None:
        """Write the document."""
        try:
            self._transport.write(encode(document) + b"\n")
        finally:
            self._transport.close()


class CodeQuality(_Report):
    """``--format gitlab``: the widget of a merge request."""

    def write(self, record: Record) -> None:
        """Keep one issue."""
        notice = record.get("notice")
        if notice:
            said = {"kind": str(notice["kind"]), "text": one_line(str(notice["message"])), "severity": "minor"}
            mark = hashlib.sha256(f"{notice['kind']}\0{notice['path']}\0{notice['message']}".encode()).hexdigest()[:32]
            self._keep(said, str(notice["path"]), int(notice["line"]), mark)
        elif finding := record.get("finding"):
            text = f"{how(record)}: {what(record)}"
            said = {"kind": rule_of(record).id, "text": text, "severity": _QUALITY.get(level_of(record), "major")}
            self._keep(said, str(finding["path"]), int(finding["span"]["line"]), str(finding["fingerprint"]))

    def _keep(self, said: dict[str, str], path: str, line: int, fingerprint: str) -> None:
        """Add an issue."""
        self._entries.append({
            "description": said["text"],
            "check_name": said["kind"],
            "fingerprint": fingerprint,
            "severity": said["severity"],
            "location": {"path": self._root.path(path), "lines": {"begin": max(1, line)}},
        })  # fmt: skip

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the list."""
        del summary
        self._write(self._entries)


class Sast(_Report):
    """``--format gitlab-sast``: the vulnerabilities of a pipeline."""

    def __init__(self, transport: Transport, root: Root | None = None) -> None:
        """Note when the scan began."""
        super().__init__(transport, root)
        self._began = _now()

    def write(self, record: Record) -> None:
        """Keep one vulnerability; what is said about suppressions is none."""
        finding = record.get("finding")
        if not finding:
            return
        span, rule = finding["span"], rule_of(record)
        self._entries.append({
            "id": str(finding["fingerprint"]),
            "name": how(record)[:255],
            "description": "\n\n".join(filter(None, (what(record), deeds(record)))),
            "severity": _SAST.get(level_of(record), "Unknown"),
            "confidence": _CONFIDENCE.get(str(finding.get("confidence", "high")), "High"),
            "identifiers": [
                {"type": "flycatcher", "name": rule.id, "value": rule.id},
                *({"type": "mitre_attack", "name": each, "value": each} for each in record.get("techniques", ())),
            ],
            "location": {
                "file": self._root.path(str(finding["path"])), "start_line": span["line"], "end_line": span["end_line"],
            },
        })  # fmt: skip

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the report."""
        tool = {"id": "flycatcher", "name": "Flycatcher", "version": __version__, "vendor": {"name": "Flycatcher"}}
        unread = [
            {"level": "warn", "value": one_line(f"{each['path']}: {each['reason']}")}
            for each in summary.get("skipped", ())
        ]
        scan = {
            "type": "sast", "status": "failure" if summary.get("interrupted") else "success", "analyzer": tool, "scanner": tool,
            "start_time": self._began, "end_time": _now(), **({"messages": unread} if unread else {}),
        }  # fmt: skip
        self._write({"version": SCHEMA, "scan": scan, "vulnerabilities": self._entries})


def _now() -> str:
    """Return the time as the schema has it: UTC, to the second, without a zone."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
