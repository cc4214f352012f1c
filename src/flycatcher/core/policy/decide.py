"""Which rule decides about a detection: the first one that holds, in the order of the configuration."""

from __future__ import annotations

import datetime as dt
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from flycatcher.core.baseline.observe import package_of
from flycatcher.core.fingerprint import stands_for_one
from flycatcher.core.levels import at_least
from flycatcher.core.payload.model import CRASHED
from flycatcher.core.payload.origins import origin_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flycatcher.core.detection import Detection
    from flycatcher.core.policy.rule import Match, Rule

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def first(rules: Iterable[Rule], detection: Detection) -> Rule | None:
    """Return the first rule that holds for a detection, None for none. One that allows holds only for what was seen whole."""
    return next((rule for rule in rules if holds(rule, detection) and may(rule, detection)), None)


def may(rule: Rule, detection: Detection) -> bool:
    """Whether enough is known of a detection for the rule to be applied: nothing is allowed of which a part was not seen."""
    if rule.action != "allow":
        return True
    if not stands_for_one(detection.execution, detection.snippets):
        return False
    return bool(rule.match.id) or is_whole(detection)


def is_whole(detection: Detection) -> bool:
    """Whether all of a detection's texts were seen, and analysed to their ends."""
    fidelity = detection.execution.fidelity
    if fidelity is not None and fidelity.stdin in {"partial", "not captured"}:
        return False
    if any(snippet.text is None for snippet in detection.snippets):
        return False
    return not any(CRASHED in analysis.notes for analysis in detection.analyses)


def holds(rule: Rule, detection: Detection, *, unseen: bool = False) -> bool:
    """Whether every condition of a rule holds; ``unseen``: those that depend on the text count as if they did."""
    return all(
        (unseen and name in _OF_TEXT) or test(rule, detection)
        for name, test in _TESTS.items()
        if getattr(rule.match, name)
    )


def _every(rule: Rule) -> Callable[[Iterable[object]], bool]:
    """Return what a list is held against the parts of a detection with: a rule that allows must name them all."""
    return all if rule.action == "allow" else any


def _interpreter(rule: Rule, detection: Detection) -> bool:
    names = {detection.interpreter, *(snippet.interpreter for snippet in detection.snippets)}
    return _every(rule)(name in rule.match.interpreter for name in names)


def _vector(rule: Rule, detection: Detection) -> bool:
    return _every(rule)(snippet.vector in rule.match.vector for snippet in detection.snippets)


def _origin(rule: Rule, detection: Detection) -> bool:
    return _every(rule)(each in rule.match.origin for each in origins(detection))


def origins(detection: Detection) -> list[str]:
    """Return where each text comes from: ``file``, ``inline``, ``network``, ``decoded`` or ``unseen``."""
    context = detection.execution.context
    found = []
    for snippet in detection.snippets:
        origin = origin_of(context, snippet)
        if origin.command:
            found.append("network")
        elif origin.decoded:
            found.append("decoded")
        elif snippet.text is None:
            found.append("unseen")
        else:
            found.append("file" if context.get("text.written") else "inline")
    return found


def _like(name: str, patterns: Iterable[str]) -> bool:
    return bool(name) and any(fnmatchcase(name, pattern) for pattern in patterns)


def _user(rule: Rule, detection: Detection) -> bool:
    execution = detection.execution
    names = {execution.context.get("user.name", "")}
    if execution.process is not None and execution.process.uid is not None:
        names.add(str(execution.process.uid))
    return not names.isdisjoint(filter(None, rule.match.user))


def _hours(rule: Rule, detection: Detection) -> bool:
    now = _time(detection)
    begin, _, end = (rule.match.hours or "").partition("-")
    at = f"{now:%H:%M}" if now is not None else ""
    if not at or begin == end:
        return bool(at)
    return begin <= at < end if begin < end else at >= begin or at < end


def _days(rule: Rule, detection: Detection) -> bool:
    now = _time(detection)
    return now is not None and _DAYS[now.weekday()] in rule.match.days


def _time(detection: Detection) -> dt.datetime | None:
    """Return when it was seen, None where nobody knows."""
    fidelity = detection.execution.fidelity
    try:
        return dt.datetime.fromisoformat(fidelity.time).astimezone(dt.UTC) if fidelity and fidelity.time else None
    except ValueError:
        return None


def _levels(name: str) -> Callable[[Rule, Detection], bool]:
    def test(rule: Rule, detection: Detection) -> bool:
        level = detection.risk.level
        limits: Match = rule.match
        return (
            at_least(level, limits.at_least or "none")
            if name == "at_least"
            else at_least(limits.at_most or "none", level)
        )

    return test


_TESTS: dict[str, Callable[[Rule, Detection], bool]] = {
    "id": lambda rule, detection: detection.id in rule.match.id,
    "shape": lambda rule, detection: detection.shape in rule.match.shape,
    "interpreter": _interpreter,
    "vector": _vector,
    "at_least": _levels("at_least"),
    "at_most": _levels("at_most"),
    "capability": lambda rule, detection: any(_like(each, rule.match.capability) for each in detection.capabilities),
    "only": lambda rule, detection: all(_like(each, rule.match.only) for each in detection.capabilities),
    "origin": _origin,
    "ancestor": lambda rule, detection: any(
        _like(each.exe, rule.match.ancestor) for each in detection.execution.ancestry
    ),
    "package": lambda rule, detection: _like(package_of(detection.execution), rule.match.package),
    "user": _user,
    "image": lambda rule, detection: _like(detection.execution.context.get("container.image", ""), rule.match.image),
    "environment": lambda rule, detection: detection.execution.context.get("environment") in rule.match.environment,
    "days": _days,
    "hours": _hours,
}
"""A test for each field of a rule's ``match``."""
_OF_TEXT = frozenset({"id", "shape", "at_least", "at_most", "capability", "only", "origin"})
