"""What was found, put together by text: one group an id, with how often, when, where and by whom. Memory is bounded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from flycatcher.core.levels import LEVELS

if TYPE_CHECKING:
    from flycatcher.hunt.engine import Found

GROUPS = 20_000
"""Groups that are kept with an example; what is beyond is counted."""
_NAMES = 64
"""Hosts, users and parents that a group names."""


class Group(Struct):
    """All detections of one id."""

    id: str
    level: str
    score: int
    example: Any
    """The detection that was rated highest."""
    count: int = 0
    possible: int = 0
    """How many of them are only possible, as their words were joined."""
    first: float = 0.0
    last: float = 0.0
    hosts: Counter[str] = field(default_factory=Counter)
    users: Counter[str] = field(default_factory=Counter)
    parents: Counter[str] = field(default_factory=Counter)
    logs: Counter[str] = field(default_factory=Counter)

    def add(self, found: Found) -> None:
        """Add one detection."""
        detection = found.detection
        fidelity = detection.execution.fidelity
        self.count += 1
        if fidelity is not None:
            self.possible += fidelity.certainty == "possible"
            _count(self.logs, fidelity.log)
        if detection.risk.score > self.score:
            self.score, self.level, self.example = detection.risk.score, detection.risk.level, detection
        if found.time:
            self.first = min(self.first or found.time, found.time)
            self.last = max(self.last, found.time)
        _count(self.hosts, found.host)
        _count(self.users, found.user)
        above = detection.execution.ancestry
        if above:
            _count(self.parents, (above[0].argv[0] if above[0].argv else "") or above[0].exe or above[0].comm)


def _count(names: Counter[str], name: str) -> None:
    """Count a name, up to a number of different ones."""
    if name and (name in names or len(names) < _NAMES):
        names[name] += 1


class Groups:
    """The groups of a hunt."""

    def __init__(self) -> None:
        """Start without any."""
        self._groups: dict[str, Group] = {}
        self.beyond = 0
        """Detections of texts that no group was left for."""

    def add(self, found: Found) -> None:
        """Add a detection to its group."""
        detection = found.detection
        group = self._groups.get(detection.id)
        if group is None:
            if len(self._groups) >= GROUPS:
                self.beyond += 1
                return
            group = self._groups[detection.id] = Group(
                detection.id, detection.risk.level, detection.risk.score, detection
            )
        group.add(found)

    def sorted(self) -> list[Group]:
        """Return the groups, the worst first, then the rarest: what happens once is news."""
        return sorted(
            self._groups.values(), key=lambda each: (-LEVELS.index(each.level), -each.score, each.count, each.first)
        )
