"""``flycatcher config test``: what the rules would change in saved reports."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from flycatcher.baselines import KNOWN
from flycatcher.core.detection import Detection, Policy
from flycatcher.core.levels import at_least
from flycatcher.policies import Policies
from flycatcher.saved import Record, records
from flycatcher.terminal import visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flycatcher.config import Config

_SHOWN = 20
_TEXT = 80
_HIGH_RISK = "high"
_OUTCOMES = {
    "allow": "suppressed",
    "report": "observed",
    "deny": "denied",
    "kill": "killed",
    "capture": "observed, marked for capture",
}


class Change(Struct, frozen=True):
    """A record for which the rules give another outcome than it has."""

    before: str
    after: str
    rule: str
    level: str
    shown: str


class Tried(Struct):
    """What came of all records."""

    records: int = 0
    unread: int = 0
    """Those that an older release wrote in another shape."""
    changes: list[Change] = []
    risky: list[Change] = []
    """What a rule allows although its risk is high, named by nothing but what it is."""
    hits: Counter[str] = Counter()


def tried(config: Config, reports: Iterable[Path]) -> Tried:
    """Apply a configuration's rules to reports. Raises FlycatcherError for a file that is no report."""
    policies = Policies(config.suppress, config.rule)
    found = Tried(changes=[], risky=[], hits=Counter())
    for path in reports:
        for record in records(path):
            if "snippets" in record:
                _record(found, policies, record)
    return found


def _record(found: Tried, policies: Policies, record: Record) -> None:
    """Apply the rules to one record."""
    found.records += 1
    try:
        detection = msgspec.convert(record, Detection, strict=False)
    except msgspec.ValidationError:
        found.unread += 1
        return
    before = detection.policy
    rule = policies.rule_of(msgspec.structs.replace(detection, policy=Policy()))
    name, after = "", _without(before)
    if rule is not None:
        name, after = rule.name, _OUTCOMES[rule.action]
        found.hits[name] += 1
    change = Change(_outcome(before), after, name, detection.risk.level, _shown(detection))
    if change.before != change.after:
        found.changes.append(change)
    if rule is not None and rule.action == "allow" and at_least(detection.risk.level, _HIGH_RISK):
        found.risky.append(change)


def _outcome(policy: Policy) -> str:
    return f"{policy.action}, marked for capture" if policy.capture else policy.action


def _without(policy: Policy) -> str:
    """Return the outcome without any rule: what the options and the baseline had made of it stays."""
    if policy.rule or (policy.action == "suppressed" and policy.reason != KNOWN):
        return "observed"
    return policy.action


def _shown(detection: Detection) -> str:
    snippet = detection.snippets[0]
    text = snippet.text or snippet.path or snippet.url or "(text not captured)"
    return f"{detection.interpreter} {snippet.vector}: {' '.join(text.split())[:_TEXT]}"


def lines(config: Config, found: Tried) -> Iterator[str]:
    """Yield what is printed."""
    kinds = Counter((each.before, each.after, each.rule) for each in found.changes)
    for (before, after, rule), count in kinds.most_common():
        yield f"{before} -> {after}: {counted(count, 'record')} ({f'rule {rule}' if rule else 'no rule any more'})"
        yield from _examples(found.changes, (before, after, rule))
    for each in Policies(config.suppress, config.rule):
        yield f"rule {each.name} ({each.action}): {counted(found.hits[each.name], 'hit')}"
    yield f"{counted(found.records, 'record')}, {len(found.changes)} with another outcome"


def _examples(changes: list[Change], kind: tuple[str, str, str]) -> Iterator[str]:
    """Yield the distinct texts of one kind of change."""
    shown = Counter(f"[{each.level}] {each.shown}" for each in changes if (each.before, each.after, each.rule) == kind)
    for text, count in list(shown.items())[:_SHOWN]:
        yield f"    {visible(text)}" + (f" (x{count})" if count > 1 else "")
    if len(shown) > _SHOWN:
        yield f"    and {len(shown) - _SHOWN} more"


def warnings(found: Tried) -> Iterator[str]:
    """Yield what somebody should look at."""
    for text, count in Counter((each.rule, each.level, each.shown) for each in found.risky).items():
        rule, level, shown = text
        yield f"warning: rule {rule} allows a detection of {level} risk: {visible(shown)}" + (
            f" (x{count})" if count > 1 else ""
        )
    if found.unread:
        yield f"warning: {counted(found.unread, 'record')} of another release {'was' if found.unread == 1 else 'were'} not read"
