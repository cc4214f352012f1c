"""A rule: what it matches, what is then done, on whose word and until when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from flycatcher.core.levels import LEVELS, Level, at_least
from flycatcher.core.snippet import Vector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RuleAction = Literal["allow", "report", "deny", "kill", "capture"]
Origin = Literal["file", "inline", "network", "decoded", "unseen"]
"""Where a text comes from: it stands in a file, it was given as it is, it was fetched, it was decoded, or nobody saw it."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Environment = Literal["ci", "staging", "production"]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
Pattern = Annotated[str, Meta(min_length=1)]
"""A name, or a pattern of fnmatch(3): ``*`` stands for any characters."""
SHORTEST_REASON = 10
"""Characters that a reason has at least."""
WARNED_DAYS = 14
"""Before its end, a rule is named in every run."""
HIGHEST_ALLOWED: Level = "medium"
"""Up to this level a rule may allow what it does not name by its text."""
STOPS = frozenset({"deny", "kill"})


class Match(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a rule matches: every condition that is given must hold. Of a list, one entry is enough."""

    interpreter: tuple[str, ...] = ()
    vector: tuple[Vector, ...] = ()
    at_least: Level | None = None
    at_most: Level | None = None
    capability: tuple[Pattern, ...] = ()
    """It has one of these capabilities."""
    only: tuple[Pattern, ...] = ()
    """It has no other capabilities than these."""
    id: tuple[Hash, ...] = ()
    shape: tuple[Hash, ...] = ()
    origin: tuple[Origin, ...] = ()
    ancestor: tuple[Pattern, ...] = ()
    """The file that an ancestor runs, by its path; not its name or words, which a process may change."""
    package: tuple[Pattern, ...] = ()
    user: tuple[str, ...] = ()
    """Names or numbers."""
    image: tuple[Pattern, ...] = ()
    """The container's image."""
    environment: tuple[Environment, ...] = ()
    days: tuple[Day, ...] = ()
    """In UTC, as ``hours``."""
    hours: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")] | None = None
    """From the first minute up to, and without, the second: ``22:00-06:00``."""


class Rule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One rule of the configuration."""

    name: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9._-]{0,63}$")]
    action: RuleAction
    match: Match
    reason: Annotated[str, Meta(min_length=SHORTEST_REASON)]
    owner: Annotated[str, Meta(min_length=1)]
    until: dt.date | None = None
    """The last day on which the rule applies; a rule that allows has one."""

    def holds(self, today: dt.date) -> bool:
        """Whether the rule applies on a day."""
        return self.until is None or self.until >= today

    def left(self, today: dt.date) -> int | None:
        """Return how many days it still holds, negative once it has ended; None where it has no end."""
        return None if self.until is None else (self.until - today).days


def faults(rules: Sequence[Rule]) -> Iterator[tuple[str, str]]:
    """Yield the fields of rules that cannot stand, each with what is wrong."""
    names: set[str] = set()
    for number, rule in enumerate(rules):
        place = f"rule[{number}]"
        if rule.name in names:
            yield f"{place}.name", f"{rule.name} is the name of an earlier rule"
        names.add(rule.name)
        if rule.match == Match():
            yield f"{place}.match", "it has no condition, and would hold for everything"
        if rule.action == "allow":
            yield from _allowing(place, rule)


def _allowing(place: str, rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a rule that allows: whoever writes the text must not be able to make it hold."""
    match = rule.match
    if rule.until is None:
        yield f"{place}.until", "a rule that allows needs a last day: until = YYYY-MM-DD"
    if match.capability:
        yield (
            f"{place}.match.capability",
            "whoever writes the text can add a capability to it: say `only`, what it may have at most",
        )
    if match.id or match.shape:
        return
    if not (match.user or match.image):
        yield (
            f"{place}.match",
            "whoever writes the text, or starts it, could make all of this hold: allow by id or shape, or by user or image",
        )
    elif match.at_most is None or not at_least(HIGHEST_ALLOWED, match.at_most):
        allowed = ", ".join(LEVELS[: LEVELS.index(HIGHEST_ALLOWED) + 1])
        yield (
            f"{place}.match.at_most",
            f"without an id or a shape a rule may allow up to {HIGHEST_ALLOWED} only: one of {allowed}",
        )
