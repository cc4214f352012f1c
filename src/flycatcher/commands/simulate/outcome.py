"""What a simulation comes to, as text, Markdown, JSON and JUnit XML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import msgspec
from msgspec import Struct

from flycatcher.commands.simulate.judge import CANNOT, NEEDS, Seen
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.commands.simulate.catalogue import Technique


class Outcome(Struct, frozen=True):
    """One technique at one sensor."""

    technique: str
    sensor: str
    status: str
    """``seen``, ``missed``, ``skipped`` (a program is missing) or ``failed`` (the technique itself did not run here)."""
    attack: tuple[str, ...]
    seen: Seen | None = None
    note: str = ""


def outcome(technique: Technique, sensor: str, done: dict[str, object] | None, seen: Seen | None) -> Outcome:
    """Return how a technique that was to be run came out."""
    if done is None or not done["ran"]:
        said = visible(str(done["output"]).strip()[-160:]) if done else "was not run"
        return Outcome(technique.id, sensor, "failed", technique.attack, seen, said)
    if seen is None:
        return Outcome(technique.id, sensor, "missed", technique.attack, None, _why(technique, sensor))
    return Outcome(technique.id, sensor, "seen", technique.attack, seen)


def _why(technique: Technique, sensor: str) -> str:
    """Return what a sensor would need, or that its source does not carry it."""
    missing = CANNOT.get(sensor.partition(":")[0], {})
    cannot = missing.get(technique.carrier) or missing.get(technique.vector)
    return f"cannot be carried: {cannot}" if cannot else f"needs {NEEDS[technique.vector]}"


def score(outcomes: list[Outcome], sensor: str) -> tuple[int, int]:
    """Return how many techniques that ran a sensor saw, and how many ran."""
    ran = [each for each in outcomes if each.sensor == sensor and each.status in {"seen", "missed"}]
    return sum(each.status == "seen" for each in ran), len(ran)


def _sensors(outcomes: list[Outcome]) -> list[str]:
    return list(dict.fromkeys(each.sensor for each in outcomes))


def as_markdown(outcomes: list[Outcome]) -> str:
    """Return the table technique by sensor, and the scores."""
    sensors = _sensors(outcomes)
    cells = {(each.technique, each.sensor): each for each in outcomes}
    lines = [f"| technique | {' | '.join(sensors)} |", "|---" * (len(sensors) + 1) + "|"]
    lines += [
        f"| {name} | {' | '.join(_cell(cells[name, sensor]) for sensor in sensors)} |"
        for name in dict.fromkeys(each.technique for each in outcomes)
    ]
    lines.append("")
    for sensor in sensors:
        seen, ran = score(outcomes, sensor)
        lines.append(f"{sensor}: {seen} of {ran} seen")
    return "\n".join(lines)


def _cell(one: Outcome) -> str:
    if one.status == "seen" and one.seen is not None:
        late = f"{one.seen.latency * 1000:.0f} ms" if one.sensor.startswith("http:") and one.seen.latency else ""
        return ", ".join(filter(None, (visible(one.seen.level), one.seen.vector, late))) or "seen"
    return f"{one.status}: {one.note}" if one.note else one.status


def as_json(outcomes: list[Outcome]) -> str:
    """Return everything, latencies included."""
    scores = {sensor: dict(zip(("seen", "ran"), score(outcomes, sensor), strict=True)) for sensor in _sensors(outcomes)}
    document = {"schema": "flycatcher.simulation/1", "scores": scores, "outcomes": outcomes}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def as_junit(outcomes: list[Outcome]) -> str:
    """Return a test suite per sensor, in which a miss is a failure."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for sensor in _sensors(outcomes):
        mine = [each for each in outcomes if each.sensor == sensor]
        failed = sum(each.status == "missed" for each in mine)
        lines.append(f'<testsuite name={quoteattr(sensor)} tests="{len(mine)}" failures="{failed}">')
        for each in mine:
            kind = {"missed": "failure", "skipped": "skipped", "failed": "skipped"}.get(each.status)
            inner = f"<{kind} message={quoteattr(each.note)}/>" if kind else ""
            lines.append(f"<testcase classname={quoteattr(sensor)} name={quoteattr(each.technique)}>{inner}</testcase>")
        lines.append("</testsuite>")
    return "\n".join([*lines, "</testsuites>"])
