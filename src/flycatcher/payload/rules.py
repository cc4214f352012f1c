"""Capability rules: one file in ``capabilities/`` per capability; this is what they are made of and how they are found."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from flycatcher.payload.values import Value

    When = Callable[[Sequence[Value], Mapping[str, Value]], bool]


@dataclass(frozen=True, slots=True)
class Calls:
    """Names of calls, blank-separated. ``*.name`` is a method of anything; ``when`` looks at the arguments."""

    names: str
    when: When | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One capability."""

    id: str
    technique: str
    points: int
    sentence: str
    calls: Mapping[str, Sequence[Calls]] = field(default_factory=dict)
    """Language id to calls."""
    uses: Mapping[str, str] = field(default_factory=dict)
    """Language id to names whose mere reading counts (``os.environ``), blank-separated."""
    values: str = ""
    """A regular expression over the *values* of strings (paths, addresses), never over program text."""
    hints: str = ""
    """Blank-separated literals in lower case, one of which every match of ``values`` holds: long texts are searched for these."""
    commands: Callable[[Sequence[str]], bool] | None = None
    """Looks at the words of a command that is started."""
    needs: Sequence[frozenset[str]] = ()
    """Capabilities that together are this one."""
    covers: frozenset[str] = frozenset()
    """Capabilities that are part of this one and add no points beside it; together they never weigh more than it does."""


@dataclass(slots=True)
class Index:
    """Rules of one language by name."""

    calls: dict[str, list[tuple[Rule, When | None]]] = field(default_factory=dict)
    uses: dict[str, list[Rule]] = field(default_factory=dict)


@cache
def rules() -> tuple[Rule, ...]:
    """Return every capability's rule, in the order of their ids."""
    package = importlib.import_module("flycatcher.payload.capabilities")
    found: list[Rule] = []
    for module in pkgutil.iter_modules(package.__path__):
        leaf = importlib.import_module(f"{package.__name__}.{module.name}")
        found.append(leaf.RULE)
    return tuple(sorted(found, key=lambda rule: rule.id))


@cache
def by_id() -> dict[str, Rule]:
    """Return every rule by its id."""
    return {rule.id: rule for rule in rules()}


@cache
def index(language: str, *, any_case: bool = False) -> Index:
    """Return the rules of ``language`` by the names they look for."""
    table = Index()
    for rule in rules():
        for calls in rule.calls.get(language, ()):
            for name in calls.names.split():
                table.calls.setdefault(name.lower() if any_case else name, []).append((rule, calls.when))
        for name in rule.uses.get(language, "").split():
            table.uses.setdefault(name.lower() if any_case else name, []).append(rule)
    return table


@cache
def value_rules() -> tuple[tuple[re.Pattern[str], Rule], ...]:
    """Return the rules that look at values of strings."""
    return tuple((re.compile(rule.values), rule) for rule in rules() if rule.values)


WHOLE = 2048
"""Characters of a text up to which expressions search all of it."""
_WINDOW = 256
_OCCURRENCES = 8


def values_in(text: str) -> Iterator[tuple[Rule, int, int]]:
    """Yield the rules whose value a text holds, with the first place where it does.

    Long texts are searched for the rules' literals first, and by expressions only around those: linear, whatever they hold.
    """
    if len(text) <= WHOLE:
        for pattern, rule in value_rules():
            match = pattern.search(text)
            if match is not None:
                yield rule, match.start(), match.end()
        return
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters grow in lower case; places would not agree
        lowered = text
    for pattern, rule in value_rules():
        place = _around(pattern, text, lowered, rule.hints.split())
        if place is not None:
            yield rule, *place


def _around(pattern: re.Pattern[str], text: str, lowered: str, hints: Sequence[str]) -> tuple[int, int] | None:
    """Search around the first occurrences of each literal."""
    for hint in hints:
        at = -1
        for _ in range(_OCCURRENCES):
            at = lowered.find(hint, at + 1)
            if at < 0:
                break
            match = pattern.search(text, max(at - _WINDOW, 0), min(at + _WINDOW, len(text)))
            if match is not None:
                return match.start(), match.end()
    return None


@cache
def command_rules() -> tuple[Rule, ...]:
    """Return the rules that look at the words of commands."""
    return tuple(rule for rule in rules() if rule.commands is not None)


@cache
def combined_rules() -> tuple[Rule, ...]:
    """Return the rules that other capabilities make together."""
    return tuple(rule for rule in rules() if rule.needs)
