"""What simulate and doctor found, from the files that they wrote."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from flycatcher.commands.report.audit.documents import document
from flycatcher.commands.report.audit.parts import Column, Query, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Status = Literal["seen", "missed", "skipped", "failed"]
STATUSES: tuple[Status, ...] = ("seen", "missed", "skipped", "failed")
SIMULATION, AUDIT = "flycatcher.simulation/1", "flycatcher.audit/1"
SIMULATION_TITLE, DOCTOR_TITLE = "Simulation: was anybody able to see it?", "Hardening: what doctor found"
_BY_CHECK = (
    ".problems as $found | ((.checked // []) + [$found[].check] | unique)[]"
    " | . as $check | [., ([$found[] | select(.check == $check)] | length)] | @tsv"
)
_EACH = (
    '.problems[] | [.check, .place, (if (.line // 0) > 0 then .line else "" end),'
    ' .evidence, .why, .fix, (.references // [] | join(" "))] | @tsv'
)
_SKIPPED = (
    "Skipped: a program was missing; failed: the technique itself did not run. Neither counts for or against a sensor."
)
_SIMULATE = "flycatcher simulate run --format json > FILE"
_DOCTOR = "flycatcher doctor --audit --json > FILE"


class Seen(Struct, frozen=True):
    """What a sensor said of a technique."""

    level: str
    vector: str
    latency: float | None = None


class Outcome(Struct, frozen=True):
    """One technique at one sensor."""

    technique: Annotated[str, Meta(min_length=1)]
    sensor: str
    status: Status
    attack: tuple[str, ...] = ()
    seen: Seen | None = None
    note: str = ""


class Simulation(Struct, frozen=True):
    """A whole simulation."""

    outcomes: tuple[Outcome, ...]


class Problem(Struct, frozen=True):
    """Something that a check of doctor found."""

    check: Annotated[str, Meta(min_length=1)]
    place: str
    evidence: str
    why: str
    fix: str
    line: Annotated[int, Meta(ge=0)] = 0
    references: tuple[str, ...] = ()


class Doctor(Struct, frozen=True):
    """All that was found."""

    problems: tuple[Problem, ...]
    checked: tuple[str, ...] = ()
    """Ids of the checks that were made; older releases did not say."""
    unseen: str = ""


def simulation(path: Path | None) -> Section:
    """Return how many techniques each sensor saw, and which were not seen. Raises FlycatcherError."""
    if path is None:
        return Section(id="simulation", title=SIMULATION_TITLE, missing=f"--simulation FILE ({_SIMULATE}).")
    outcomes = document(path, Simulation, SIMULATION, _SIMULATE).outcomes
    counts = Counter((each.sensor, each.status) for each in outcomes)
    rows = [
        (
            sensor,
            *(counts[sensor, status] for status in STATUSES),
            _share(counts[sensor, "seen"], counts[sensor, "missed"]),
        )
        for sensor in dict.fromkeys(each.sensor for each in outcomes)
    ]
    columns = (
        Column("sensor"),
        *(Column(status, "count") for status in STATUSES),
        Column("seen_of_those_that_ran", "percent"),
    )
    expression = ".outcomes | group_by([.sensor, .status])[] | [.[0].sensor, .[0].status, length] | @tsv"
    scores = Table(title="Techniques by sensor", columns=columns, rows=tuple(rows), queries=(_jq(expression, path),))
    return Section(
        id="simulation",
        title=SIMULATION_TITLE,
        tables=(scores, _levels(outcomes, path), _unseen(outcomes, path)),
        remarks=(f"From {path}. {_SKIPPED}",),
    )


def _share(seen: int, missed: int) -> float | None:
    return 100 * seen / (seen + missed) if seen + missed else None


def _levels(outcomes: Iterable[Outcome], path: Path) -> Table:
    """Return at which levels techniques were seen, and the longest time that it took."""
    found: dict[tuple[str, str], list[float | None]] = {}
    for each in outcomes:
        if each.seen is not None:
            found.setdefault((each.sensor, each.seen.level), []).append(each.seen.latency)
    rows = tuple(
        (*key, len(times), max((time for time in times if time is not None), default=None))
        for key, times in sorted(found.items())
    )
    columns = (Column("sensor"), Column("level"), Column("techniques", "count"), Column("slowest", "duration"))
    query = _jq(
        "[.outcomes[] | select(.seen)] | group_by([.sensor, .seen.level])[]"
        " | [.[0].sensor, .[0].seen.level, length, (map(.seen.latency) | max)] | @tsv",
        path,
    )
    return Table(title="Levels of what was seen", columns=columns, rows=rows, queries=(query,))


def _unseen(outcomes: Iterable[Outcome], path: Path) -> Table:
    rows = tuple(
        (each.technique, each.sensor, each.status, " ".join(each.attack), each.note)
        for each in outcomes
        if each.status != "seen"
    )
    columns = tuple(Column(name) for name in ("technique", "sensor", "status", "attack", "note"))
    expression = (
        '.outcomes[] | select(.status != "seen")'
        ' | [.technique, .sensor, .status, (.attack // [] | join(" ")), .note // ""] | @tsv'
    )
    return Table(title="Techniques that were not seen", columns=columns, rows=rows, queries=(_jq(expression, path),))


def doctor(path: Path | None) -> Section:
    """Return what doctor found by check, and each problem with the way to mend it. Raises FlycatcherError."""
    if path is None:
        return Section(id="doctor", title=DOCTOR_TITLE, missing=f"--doctor FILE ({_DOCTOR}).")
    found = document(path, Doctor, AUDIT, _DOCTOR)
    counts = Counter(each.check for each in found.problems)
    ran = sorted({*found.checked, *counts})
    by_check = Table(
        title="Problems by check",
        columns=(Column("check"), Column("problems", "count")),
        rows=tuple((check, counts[check]) for check in ran),
        queries=(_jq(_BY_CHECK, path),),
        note="A check with 0 problems was made, and found nothing." if found.checked else "",
    )
    names = ("check", "place", "line", "evidence", "why", "fix", "references")
    each = Table(
        title="Each problem",
        columns=tuple(Column(name) for name in names),
        rows=tuple(
            (each.check, each.place, str(each.line or ""), each.evidence, each.why, each.fix, " ".join(each.references))
            for each in found.problems
        ),
        queries=(_jq(_EACH, path),),
    )
    remarks = [f"From {path}: what stood there when doctor ran, which need not be within the time."]
    if found.unseen:
        remarks.append(f"{found.unseen[0].upper()}{found.unseen[1:]}.")
    return Section(id="doctor", title=DOCTOR_TITLE, tables=(by_check, each), remarks=tuple(remarks))


def _jq(expression: str, path: Path) -> Query:
    return Query("command", f"jq -r {shlex.quote(expression)} {shlex.quote(str(path))}")
