"""The rules of a configuration at work: the one place where it is decided what they make of a detection, and how often."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec import structs

from flycatcher.core.detection import Policy
from flycatcher.core.fingerprint import stands_for_one
from flycatcher.core.policy.decide import first, holds
from flycatcher.core.policy.rule import STOPS, WARNED_DAYS, Rule
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.config import Suppression
    from flycatcher.core.detection import Detection

_ANYBODYS = "not suppressed: its text was not captured whole, so that any other text has this id as well"
_DONE = {"denied": "deny", "killed": "kill", "would kill": "kill"}
_NOT_DONE = {"deny": "was not refused", "kill": "was not killed"}


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


class Policies:
    """Suppressions, then rules, in their order; the first one that holds decides."""

    def __init__(
        self, suppressions: Iterable[Suppression] = (), rules: Iterable[Rule] = (), *, ignores: bool = True
    ) -> None:
        """Without ``ignores``, nothing is allowed."""
        accepted = [each.rule() for each in suppressions]
        self._accepted = {rule.name: rule for rule in accepted}
        self._rules = list(rules)
        self._ignores = ignores
        self.hits: Counter[str] = Counter()
        """How often each rule decided."""

    def __iter__(self) -> Iterator[Rule]:
        """Yield all, those that have ended too."""
        yield from (*self._accepted.values(), *self._rules)

    def rule_of(self, detection: Detection) -> Rule | None:
        """Return the rule that decides about a detection today, None for none."""
        today = _today()
        named = self._accepted.get(detection.id)
        candidates = [*((named,) if named is not None else ()), *self._rules]
        wanted = (rule for rule in candidates if rule.holds(today) and (self._ignores or rule.action != "allow"))
        return first(wanted, detection)

    def action(self, detection: Detection) -> str:
        """Return what the rules say about a detection, empty where none speaks of it."""
        rule = self.rule_of(detection)
        return rule.action if rule is not None else ""

    def stops(self) -> bool:
        """Whether there is a rule that refuses something."""
        today = _today()
        return any(rule.action in STOPS and rule.holds(today) for rule in self._rules)

    def could_stop(self, detection: Detection) -> bool:
        """Whether a rule would refuse some text in the place of this one, which was not seen whole."""
        today = _today()
        return any(
            rule.action in STOPS and rule.holds(today) and holds(rule, detection, unseen=True) for rule in self._rules
        )

    def outcome(self, detection: Detection) -> Policy:
        """Return what became of a detection, given what was done already, and count the rule that decided."""
        before = detection.policy
        rule = self.rule_of(detection)
        if rule is None:
            named = self._accepted.get(detection.id)
            blind = named is not None and not stands_for_one(detection.execution, detection.snippets)
            return structs.replace(before, reason=_ANYBODYS) if blind and before.action == "observed" else before
        self.hits[rule.name] += 1
        done = _DONE.get(before.action, "")
        if done:
            return (
                structs.replace(before, rule=rule.name, reason=f"{before.reason}; {_said(rule)}")
                if rule.action in STOPS
                else before
            )
        return _of(rule, before)

    def remarks(self) -> list[str]:
        """Return a line for each rule that has ended, or ends soon."""
        today = _today()
        return list(filter(None, (_ending(rule, today) for rule in self)))

    def figures(self) -> dict[str, dict[str, Any]]:
        """Return what a report's summary says of each rule: its action, hits, owner, reason and end."""
        today = _today()
        return {
            rule.name: {
                "action": rule.action,
                "hits": self.hits[rule.name],
                "owner": rule.owner,
                "reason": rule.reason,
                **({"until": rule.until.isoformat()} if rule.until is not None else {}),
                **({} if rule.holds(today) else {"ended": True}),
                **({"ignored": True} if rule.action == "allow" and not self._ignores else {}),
            }
            for rule in self
        }


def _of(rule: Rule, before: Policy) -> Policy:
    """Return what a rule makes of a detection to which nothing was done."""
    if rule.action == "allow":
        return Policy("suppressed", f"{rule.reason} ({rule.owner}, until {rule.until})", rule=rule.name)
    if before.reason and (before.capture or rule.action == "capture"):
        return structs.replace(before, rule=rule.name, reason=f"{before.reason}; {_said(rule)}")
    if rule.action == "capture":
        return structs.replace(
            before, rule=rule.name, capture=True, reason=f"marked for capture, nothing was captured: {_said(rule)}"
        )
    if rule.action in STOPS:
        return structs.replace(before, rule=rule.name, reason=f"{_NOT_DONE[rule.action]} here: {_said(rule)}")
    return structs.replace(before, rule=rule.name, reason=_said(rule))


def _said(rule: Rule) -> str:
    return f"rule {rule.name}: {rule.reason} ({rule.owner})"


def _ending(rule: Rule, today: dt.date) -> str:
    """Return what is to be said of a rule's end, empty for nothing."""
    left = rule.left(today)
    if left is None or left > WARNED_DAYS:
        return ""
    what = f"rule {rule.name} ({rule.action}, {rule.owner})"
    if left < 0:
        return f"warning: {what} ended on {rule.until} and has no effect: review it again, or remove it"
    when = "today" if left == 0 else f"in {counted(left, 'day')}"
    return f"warning: {what} ends {when}, on {rule.until}: review it again"
