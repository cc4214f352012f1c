"""SARIF 2.1.0 (OASIS Standard, 2020-03-27): findings of a scan with their regions, and detections of a live sensor without.

Columns count code points (``columnKind``, 3.14.17). One result a detection; its decoded layers are a code flow.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flycatcher import __version__
from flycatcher.core.unknown import UNKNOWN
from flycatcher.sinks.formats.encode import encode
from flycatcher.sinks.formats.line import first_snippet, how, level_of, what
from flycatcher.sinks.formats.place import Root
from flycatcher.sinks.formats.rules import RULES, rule_of
from flycatcher.terminal import UNKNOWN_SHOWN, one_line, sarif_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks import Record, Transport

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
SNIPPET_LIMIT = 2000
RESULTS_LIMIT = 25_000
"""GitHub takes at most 25,000 results of a run; the rest is counted in the invocation's notifications."""
SIZE_LIMIT = 10 << 20
"""Bytes of a compressed document that GitHub takes."""
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "none": "note"}
_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "none": "0.5"}


class Sarif:
    """``--format sarif`` and ``--report FILE.sarif``: written whole at the end, since SARIF is one document."""

    def __init__(self, transport: Transport, root: Root | None = None) -> None:
        """``transport`` takes the bytes; ``root`` says how paths are written."""
        self._root = root or Root()
        self.path = transport.path
        self._transport = transport
        self._results: list[dict[str, Any]] = []
        self._all = 0

    def open(self) -> None:
        """Open the transport, so that a wrong path fails before the scan."""
        self._transport.open()

    def write(self, record: Record) -> None:
        """Keep one result; of too many, the worst."""
        self._all += 1
        record = _placed(record, self._root)
        self._results.append(_notice(record["notice"]) if "notice" in record else _result(record))
        if len(self._results) >= 2 * RESULTS_LIMIT:
            self._results = _worst(self._results, RESULTS_LIMIT)

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the document, as large as code scanning takes it, the worst results first to stay."""
        results = _worst(self._results, RESULTS_LIMIT)
        data = self._document(results, summary)
        while len(results) > 1 and len(data) > SIZE_LIMIT and len(gzip.compress(data, 1)) > SIZE_LIMIT:
            results = _worst(results, len(results) // 2)
            data = self._document(results, summary)
        try:
            self._transport.write(data)
        finally:
            self._transport.close()

    def _document(self, results: list[dict[str, Any]], summary: Mapping[str, Any]) -> bytes:
        """Return the document; what is left out is said."""
        notes = [
            _notification({**each, "path": self._root.path(str(each["path"]))}) for each in summary.get("skipped", ())
        ]
        left = self._all - len(results)
        if left:
            text = f"{left} more results are left out: code scanning takes no more; the other reports have them"
            notes.append({"level": "warning", "message": {"text": text}})
        run: dict[str, Any] = {
            "tool": {"driver": _driver(results)},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                "SRCROOT": {"description": {"text": "The root of the repository, else the folder of the scan."}}
            },
            "invocations": [{"executionSuccessful": True, **({"toolExecutionNotifications": notes} if notes else {})}],
            "results": results,
        }
        return encode({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + b"\n"


def _severity_of(result: Mapping[str, Any]) -> float:
    return float(result.get("properties", {}).get("security-severity", 0))


def _worst(results: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Return the worst results, in their order."""
    if len(results) <= count:
        return results
    chosen = sorted(range(len(results)), key=lambda number: (-_severity_of(results[number]), number))[:count]
    return [results[number] for number in sorted(chosen)]


def _driver(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the tool and its rules, each with help, and as severe as its worst result: code scanning reads it there alone."""
    worst: dict[str, float] = {}
    for result in results:
        worst[result["ruleId"]] = max(worst.get(result["ruleId"], 0.0), _severity_of(result))
    return {
        "name": "flycatcher",
        "semanticVersion": __version__,
        "rules": [
            {
                "id": rule.id,
                "name": rule.name,
                "shortDescription": {"text": rule.short},
                "fullDescription": {"text": rule.full},
                "help": {"text": rule.help, "markdown": rule.help},
                "defaultConfiguration": {"level": rule.level},
                "properties": {
                    "tags": ["security", *rule.tags],
                    "precision": "high",
                    "security-severity": str(worst.get(rule.id) or rule.severity),
                },
            }
            for rule in RULES
        ],
    }


def _result(record: Record) -> dict[str, Any]:
    """Return one detection."""
    level = level_of(record)
    rule = rule_of(record)
    result: dict[str, Any] = {
        "ruleId": rule.id,
        "ruleIndex": RULES.index(rule),
        "level": _LEVELS.get(level, "warning"),
        "message": {"text": sarif_message(message(record))},
        "locations": [_location(record)],
        "partialFingerprints": _fingerprints(record),
        "properties": _properties(record, level),
    }
    flow = _layers(record)
    if flow:
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if record.get("policy", {}).get("action") == "suppressed":
        result["suppressions"] = [{"kind": "external", "justification": str(record["policy"].get("reason", ""))}]
    return result


def _placed(record: Record, root: Root) -> Record:
    """Return a record whose path is the report's."""
    for part in ("finding", "notice"):
        if part in record:
            return {**record, part: {**record[part], "path": root.path(str(record[part]["path"]))}}
    return record


def _fingerprints(record: Record) -> dict[str, str]:
    """Return what tells a result from all others though lines move; GitHub matches by the second (its SARIF support)."""
    mark = record.get("finding", {}).get("fingerprint") or str(record.get("id", ""))
    return {"flycatcher/v1": mark, **({"primaryLocationLineHash": f"{mark[:16]}:1"} if mark else {})}


def message(record: Record) -> str:
    """Return the message: how the text reached which interpreter, the text, what it would do."""
    finding = record.get("finding", {})
    if finding.get("kind") == "expression-injection":
        return f"{what(record)}: {one_line(str(first_snippet(record).get('note', '')))}."
    reasons = record.get("risk", {}).get("reasons") or ()
    said = "; ".join(one_line(str(reason.get("text", "")), 200) for reason in reasons[:5])
    rated = f" Risk {record['risk'].get('score', 0)} of 100 ({level_of(record)}): {said}." if said else ""
    return f"{how(record)} runs text that is in no script file: {what(record)}.{rated}"


def _properties(record: Record, level: str) -> dict[str, Any]:
    """Return what SARIF has no field for."""
    finding = record.get("finding", {})
    properties: dict[str, Any] = {
        "security-severity": _SEVERITY.get(level, "5.0"),
        "detection": record.get("id", ""),
        "techniques": list(record.get("techniques", ())),
        "capabilities": list(record.get("capabilities", ())),
    }
    for name in ("confidence", "file_type", "vendored", "new", "change"):
        if finding.get(name) not in (None, False, ""):
            properties[name] = finding[name]
    return properties


def region(span: Mapping[str, Any], text: str = "") -> dict[str, Any]:
    """Return a SARIF region (3.30), with the text that it holds; what of it is not known shows as such."""
    made: dict[str, Any] = {
        "startLine": span["line"], "startColumn": span["column"], "endLine": span["end_line"], "endColumn": span["end_column"],
    }  # fmt: skip
    return made | ({"snippet": {"text": text.replace(UNKNOWN, UNKNOWN_SHOWN)}} if text else {})


def _location(record: Record) -> dict[str, Any]:
    """Return where it is: in a file, or, for what a sensor saw, in a process."""
    finding = record.get("finding")
    if not finding:
        program = str(record.get("execution", {}).get("exe") or (record.get("execution", {}).get("argv") or ["?"])[0])
        return {"logicalLocations": [{"name": one_line(program, 200), "kind": "process"}]}
    span = finding.get("payload") or finding["span"]
    frame = "\n".join(finding.get("frame", ()))
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": artifact(finding["path"]),
            "region": region(span, str(first_snippet(record).get("text") or "")[:SNIPPET_LIMIT]),
            "contextRegion": _context(finding, frame),
        }
    }
    if finding.get("symbol"):
        names = [one_line(str(part), 200) for part in finding["symbol"]]
        location["logicalLocations"] = [{"name": names[-1], "fullyQualifiedName": " / ".join(names)}]
    return location


def _context(finding: Mapping[str, Any], frame: str) -> dict[str, Any]:
    """Return the lines around a finding: they hold its region (3.29.5)."""
    spans = [finding["span"], *([finding["payload"]] if finding.get("payload") else [])]
    made: dict[str, Any] = {
        "startLine": min(span["line"] for span in spans),
        "endLine": max(span["end_line"] for span in spans),
    }
    return made | ({"snippet": {"text": frame}} if frame else {})


def artifact(path: str) -> dict[str, Any]:
    """Return a path as a URI reference (RFC 3986), against the folder of the scan unless it is absolute."""
    uri = quote(path.encode("utf-8", "surrogateescape"), safe="/~")
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    # a first part with a colon would read as a scheme; quote() has escaped colons
    return {"uri": uri, "uriBaseId": "SRCROOT"}


def _layers(record: Record) -> list[dict[str, Any]]:
    """Return the decoded layers of the first analysed snippet that has any, outermost first."""
    for analysis in record.get("analyses") or ():
        layers = analysis.get("layers") or ()
        if len(layers) > 1:
            return [_step(record, layer, number) for number, layer in enumerate(layers[:24])]
    return []


def _step(record: Record, layer: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return one layer as a step of the flow; all of them are placed where the outermost one is written."""
    made = ", ".join(layer.get("made") or ()) or ("as written" if number == 0 else "a plain string")
    location = _location(record)
    location["message"] = {
        "text": sarif_message(
            f"layer {number} ({layer.get('language', '')}, {made}): {one_line(str(layer.get('text', '')), 500)}"
        )
    }
    return {"location": location, "nestingLevel": number, "executionOrder": number + 1}


def _notice(notice: Mapping[str, Any]) -> dict[str, Any]:
    """Return something about a suppression as a result."""
    rule = next(rule for rule in RULES if rule.id == notice["kind"])
    spot = {"startLine": max(1, notice["line"]), "startColumn": max(1, notice["column"])}
    return {
        "ruleId": rule.id,
        "ruleIndex": RULES.index(rule),
        "level": rule.level,
        "message": {"text": sarif_message(str(notice["message"]))},
        "locations": [{"physicalLocation": {"artifactLocation": artifact(notice["path"]), "region": spot}}],
    }


def _notification(skipped: Mapping[str, Any]) -> dict[str, Any]:
    """Return something that could not be read."""
    place: dict[str, Any] = {"artifactLocation": artifact(str(skipped["path"]))}
    if skipped.get("line"):
        place["region"] = {"startLine": skipped["line"], "startColumn": max(1, skipped.get("column", 1))}
    return {
        "level": "note" if skipped.get("partial") else "warning",
        "message": {"text": sarif_message(str(skipped["reason"]))},
        "locations": [{"physicalLocation": place}],
    }
