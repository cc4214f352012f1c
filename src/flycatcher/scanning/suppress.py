"""Suppressions with a duty of care: each has a reason and an end, and one that is not needed or has run out is reported.

In a file: ``# flycatcher: ignore[VECTOR-OR-ID] REASON until=YYYY-MM-DD`` in a comment as the file's language has it, on the
finding's line or on the line above it. In the configuration: by fingerprint, with reason, owner
and end. A baseline: any earlier report.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.regex import lazy
from flycatcher.policies import Policies
from flycatcher.scanning.finding import SuppressionNotice
from flycatcher.sources.buildfiles import comments_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flycatcher.config import Suppression
    from flycatcher.core.policy.rule import Rule
    from flycatcher.scanning.finding import FileResult, Finding

_MARK = lazy(
    r"(?P<open>#|//|--|/\*|<!--|;|%|\bdnl|\b[Rr][Ee][Mm]|::|\{#|\(\*)[ \t]*flycatcher:[ \t]*ignore"
    r"(?:\[(?P<what>[^\]\n]{0,200})\])?[ \t]*(?P<rest>[^\r\n]{0,500})"
)
_BEFORE = lazy(r"\A|[\s@+\-;&|(){}`,\[\]]\Z")
"""What stands before a comment: within a word, a ``#`` is one of its characters."""
_UNTIL = lazy(r"(?:^|\s)until=(\S+)")
_COMMENT = lazy(r"\s*(?:#|//|--|/\*|\*|<!--|;|%|dnl\b|[Rr][Ee][Mm]\b|::|\{#|\(\*)|\s*$")
MIN_REASON = 10
MAX_MARKS = 500


class Mark(Struct):
    """One suppressing comment."""

    line: int
    """Its own line."""
    column: int
    offset: int
    target: int
    """The line that it speaks of."""
    what: tuple[str, ...]
    reason: str
    until: dt.date | None
    fault: str = ""
    used: bool = False


def marks(text: str, comments: Sequence[str]) -> Iterator[Mark]:
    """Yield the suppressing comments of a file, each begun by what begins a comment there."""
    lines: list[str] | None = None
    for count, match in enumerate(_MARK.finditer(text)):
        if count >= MAX_MARKS:
            return
        lines = text.split("\n") if lines is None else lines
        number = text.count("\n", 0, match.start()) + 1
        if match["open"] not in comments or not _BEFORE.search(text, max(0, match.start() - 1), match.start()):
            continue
        column = match.start() - (text.rfind("\n", 0, match.start()) + 1)
        alone = not text[match.start() - column : match.start()].strip(" \t@*-")
        yield _mark(match, number, column + 1, _below(lines, number) if alone else number)


def _below(lines: Sequence[str], number: int) -> int:
    """Return the first line after ``number`` that holds more than a comment."""
    for following in range(number, min(number + 50, len(lines))):
        if not _COMMENT.match(lines[following]) or lines[following].lstrip().startswith("#!"):
            return following + 1
    return number


def _mark(match: re.Match[str], line: int, column: int, target: int) -> Mark:
    """Read one comment; what is wrong with it is its fault."""
    rest = re.sub(r"\s*(?:\*/|-->|#\}|\*\)).*$", "", match["rest"])
    what = tuple(part.strip() for part in (match["what"] or "").split(",") if part.strip())
    found = _UNTIL.search(rest)
    until, fault = None, ""
    if found:
        try:
            until = dt.date.fromisoformat(found[1])
        except ValueError:
            fault = f"until={found[1]} is not a date like 2027-01-31"
    reason = " ".join(_UNTIL.sub(" ", rest).split()).strip("-: ")
    if not what:
        fault = "it does not name what it accepts: ignore[argument], or the detection's id"
    elif len(reason) < MIN_REASON:
        fault = fault or f"its reason is shorter than {MIN_REASON} characters"
    elif until is None:
        fault = fault or "it has no end date: add until=YYYY-MM-DD"
    return Mark(line, column, match.start(), target, what, reason, until, fault)


def apply_comments(result: FileResult, text: str, *, honour: bool = True, today: dt.date | None = None) -> None:
    """Move what comments accept from ``findings`` to ``suppressed``; note faulty, expired and unused comments.

    A comment inside the command or its program text is part of that text, and accepts nothing.
    """
    today = today or dt.datetime.now(dt.UTC).date()
    found = list(marks(text, comments_of(result.file_type)))
    kept: list[Finding] = []
    inside: set[int] = set()
    for finding in result.findings:
        inside.update(index for index, mark in enumerate(found) if _within(mark, finding))
    for finding in result.findings:
        fitting = [
            m
            for index, m in enumerate(found)
            if index not in inside and m.target in _lines(finding) and _names(m, finding)
        ]
        for mark in fitting:
            mark.used = True
        if honour and any(not m.fault and m.until is not None and m.until >= today for m in fitting):
            result.suppressed.append(finding)
        else:
            kept.append(finding)
    result.findings = kept
    for index, mark in enumerate(found):
        if index not in inside:
            result.notices.extend(_noticed(result.path, mark, today))


def _lines(finding: Finding) -> tuple[int, ...]:
    """Return the lines that a comment may speak of: the command's, and that of the command whose text it stands in."""
    return (finding.span.line, finding.within.line) if finding.within is not None else (finding.span.line,)


def _within(mark: Mark, finding: Finding) -> bool:
    """Whether a comment lies inside a finding."""
    at = (mark.line, mark.column)
    spans = filter(None, (finding.span, finding.payload, finding.within))
    return any((span.line, span.column) <= at < (span.end_line, span.end_column) for span in spans)


def _names(mark: Mark, finding: Finding) -> bool:
    """Whether a comment names a finding: by its id, its kind, or the vectors of all its snippets."""
    if finding.detection.id in mark.what or finding.kind in mark.what:
        return True
    return all(snippet.vector in mark.what for snippet in finding.detection.snippets)


def _noticed(path: str, mark: Mark, today: dt.date) -> Iterator[SuppressionNotice]:
    """Yield the notices about one comment."""
    if mark.fault:
        yield SuppressionNotice(kind="faulty-suppression", path=path, line=mark.line, column=mark.column,
                     message=f"this comment suppresses nothing: {mark.fault}")  # fmt: skip
    elif mark.until is not None and mark.until < today:
        yield SuppressionNotice(kind="expired-suppression", path=path, line=mark.line, column=mark.column,
                     message=f"this suppression ended on {mark.until}: review it again, or remove it")  # fmt: skip
    elif not mark.used:
        yield SuppressionNotice(kind="unused-suppression", path=path, line=mark.line, column=mark.column,
                     message=f"no finding here matches this comment ({', '.join(mark.what)}): remove it")  # fmt: skip


class Configured:
    """The suppressions of a configuration, and which of them were needed."""

    def __init__(
        self, entries: Iterable[Suppression], path: str, *, rules: Iterable[Rule] = (), ignores: bool = True
    ) -> None:
        """``path``: the configuration's file, which notices name."""
        self.today = dt.datetime.now(dt.UTC).date()
        self.path = path
        self.entries = {entry.fingerprint: entry for entry in entries}
        self.policies = Policies(self.entries.values(), rules, ignores=ignores)
        self.used: set[str] = set()

    def accepts(self, finding: Finding) -> bool:
        """Whether the configuration accepts a finding today."""
        return self.judged(finding).detection.policy.action == "suppressed"

    def judged(self, finding: Finding) -> Finding:
        """Return a finding with what the rules make of it, and remember that its suppression is needed."""
        if finding.detection.id in self.entries:
            self.used.add(finding.detection.id)
        detection = finding.detection
        return structs.replace(finding, detection=structs.replace(detection, policy=self.policies.outcome(detection)))

    def notices(self, *, whole: bool) -> Iterator[SuppressionNotice]:
        """Yield expired suppressions and, where the whole project was scanned, unused ones."""
        for entry in self.entries.values():
            if entry.until < self.today:
                said = f"the suppression of {entry.fingerprint} ({entry.owner}) ended on {entry.until}: review it again"
                yield SuppressionNotice(kind="expired-suppression", path=self.path, line=1, message=said)
            elif whole and entry.fingerprint not in self.used:
                said = f"nothing has the fingerprint {entry.fingerprint} ({entry.owner}) any more: remove it"
                yield SuppressionNotice(kind="unused-suppression", path=self.path, line=1, message=said)
        for rule in self.policies:
            if rule.name not in self.entries and not rule.holds(self.today):
                said = f"the rule {rule.name} ({rule.owner}) ended on {rule.until}: review it again"
                yield SuppressionNotice(kind="expired-suppression", path=self.path, line=1, message=said)


def baseline(path: str) -> frozenset[str]:
    """Return the fingerprints of an earlier report: JSON, JSON Lines or SARIF."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
    except OSError as error:
        raise FlycatcherError(
            f"{path}: {error.strerror}", hint="--baseline takes a report of an earlier scan"
        ) from error
    try:
        rows = [json.loads(text)]
    except (ValueError, RecursionError):
        rows = []
        for number, line in enumerate(text.splitlines(), 1):
            try:
                rows.append(json.loads(line))
            except (ValueError, RecursionError) as error:
                raise FlycatcherError(
                    f"{path}:{number}: not JSON", hint="--baseline takes a report in json, jsonl or sarif"
                ) from error
    return frozenset(fingerprint for row in rows for fingerprint in _fingerprints(row))


def _fingerprints(row: Any) -> Iterator[str]:  # noqa: ANN401 - a JSON tree
    """Yield the fingerprints in one JSON value; what has another shape than a report's holds none."""
    if not isinstance(row, dict):
        return
    findings = [row, *_dicts(row, "detections")]
    yield from _texts((each.get("finding") for each in findings), "fingerprint")
    results = (result for run in _dicts(row, "runs") for result in _dicts(run, "results"))
    yield from _texts((result.get("partialFingerprints") for result in results), "flycatcher/v1")


def _dicts(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects in a list, which may be none."""
    found = holder.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _texts(holders: Iterable[Any], key: str) -> Iterator[str]:
    """Yield what objects hold under a key, where that is a text."""
    for holder in holders:
        if isinstance(holder, dict) and isinstance(holder.get(key), str):
            yield holder[key]
