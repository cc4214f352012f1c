"""The figures that end a report: of ``run``, of ``watch`` and of ``scan``; ``flycatcher schema summary`` prints them."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

SCHEMA = "flycatcher.summary/1"


class Skipped(Struct, frozen=True, kw_only=True):
    """A file, or a part of one, that was not read, and why."""

    path: str
    reason: str
    line: int = 0
    column: int = 0
    partial: bool = False
    """The rest of the file was read."""
    unread: str = ""
    """The word of an interpreter that the part that was not read may run, or what is not known of it; it decides the exit code."""


class RuleFigures(Struct, kw_only=True, forbid_unknown_fields=True):
    """What came of one rule."""

    action: str
    hits: int
    """Detections about which it decided."""
    owner: str
    reason: str
    until: str = ""
    """Its last day."""
    ended: bool = False
    """It has ended, and had no effect."""
    ignored: bool = False
    """``--no-ignores`` took its effect."""


class _LiveSummary(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a live sensor counted."""

    executions_seen: int
    """Executions of interpreters."""
    lost: int
    """Executions that were not seen, or not in full."""
    detections: int
    suppressed: int
    """Detections that the configuration accepts; they are not among ``detections``."""
    denied: int
    by_level: dict[str, int]
    """Detections by their level of risk; levels without any are left out."""
    by_interpreter_and_vector: dict[str, int]
    """``python argument`` and so on, by the first snippet."""
    known: int = 0
    """Detections that the baseline knows; neither among ``detections`` nor ``suppressed``. These three: with a baseline."""
    new: int = 0
    """Detections that the baseline does not know."""
    gone: int = 0
    """Entries of the baseline that this run has not seen."""
    rules: dict[str, RuleFigures] = {}
    """The configuration's rules and suppressions by name, with a configuration that has some."""


class WatchSummary(_LiveSummary, kw_only=True, forbid_unknown_fields=True):
    """What ``watch`` counted."""

    uninspected: int = 0
    """Programs that were gone before they could be inspected, and were given nothing that could be program text: not lost."""


class RunSummary(_LiveSummary, kw_only=True, forbid_unknown_fields=True):
    """What ``run`` counted; the fields from ``ended`` on are there where it enforces (``--deny``, ``--fail-on``)."""

    exit_code: int
    """The command's own."""
    observed: bool
    """Whether anything could be seen at all."""
    outlived: int
    """Background processes that were still running."""
    ended: bool = False
    """The command was ended before its time, together with its supervisor."""
    refused_unread: int = 0
    """Executions that could not be read."""
    refused_reach: int = 0
    """Calls that would have reached the supervisor."""
    changed: int = 0
    """Executions that ran as something else than was read before."""
    killed: int = 0
    unverified: int = 0
    """Executions that ended before it could be compared what ran."""


class ScanSummary(Struct, kw_only=True, forbid_unknown_fields=True):
    """What ``scan`` counted."""

    looked_at: int
    """Files that were opened."""
    files: int
    """Build files among them that were read."""
    findings: int
    suppressed: int
    """Findings that a comment or the configuration accepts."""
    known: int
    """Findings of the baseline."""
    elsewhere: int
    """Findings outside the change (``--since``, ``--new-within``)."""
    notices: int
    """Suppressions that are unused, expired or faulty."""
    not_read: int
    unread: int = 0
    """Files of which something that may run code was not read."""
    in_part: int
    """Files of which a part was not read."""
    skipped: list[Skipped]
    rules: dict[str, RuleFigures] = {}


class HuntSummary(Struct, kw_only=True, forbid_unknown_fields=True):
    """What ``hunt`` counted."""

    logs: int
    """Files and members of archives that were read."""
    bytes: int
    """Of them, unpacked."""
    not_recognised: int
    """Files in which no format was recognised."""
    formats: dict[str, int]
    """Logs by their format."""
    executions_seen: int
    """Starts that the logs hold."""
    failed: int
    """Those that failed, and ran nothing."""
    incomplete: int
    """Those of which records are missing."""
    records_not_read: int
    lost: int
    """What the logs have lost, as far as they tell."""
    lost_by_place: dict[str, int]
    """``serial``, ``silence``, ``clock``, ``daemon``, ``backlog``, ``rate limit``, ``drops``, ``read``."""
    possible: int
    """Detections that only some readings of a joined command line make."""
    known: int
    """Detections that an earlier report holds (``--only-new``)."""
    detections: int
    suppressed: int
    denied: int
    by_level: dict[str, int]
    by_interpreter_and_vector: dict[str, int]
    rules: dict[str, RuleFigures] = {}


def row(summary: dict[str, Any]) -> dict[str, Any]:
    """Return the line that ends a report in JSON Lines."""
    return {"schema": SCHEMA, "summary": summary}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of that line."""
    kinds = (RunSummary, WatchSummary, ScanSummary, HuntSummary)
    references, definitions = msgspec.json.schema_components(kinds)
    return {
        "type": "object",
        "required": ["schema", "summary"],
        "properties": {"schema": {"const": SCHEMA}, "summary": {"anyOf": list(references)}},
        "$defs": definitions,
    }
