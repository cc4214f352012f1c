"""Capability rules: one file in ``capabilities/`` per capability; this is what they are made of and how they are found."""

from __future__ import annotations

import importlib
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value

    When = Callable[[Sequence[Value], Mapping[str, Value]], bool]


class Calls(Struct, frozen=True):
    """Names of calls, blank-separated. ``*.name`` is a method of anything; ``when`` looks at the arguments."""

    names: str
    when: When | None = None


class Rule(Struct, frozen=True, kw_only=True):
    """One capability."""

    id: str
    technique: str
    points: int
    sentence: str
    calls: Mapping[str, Sequence[Calls]] = {}
    """Language id to calls."""
    uses: Mapping[str, str] = {}
    """Language id to names whose mere reading counts (``os.environ``), blank-separated."""
    values: str = ""
    """A regular expression over the *values* of strings (paths, addresses), never over program text."""
    hints: str = ""
    """Blank-separated literals in lower case, one of which every match of ``values`` holds: texts are searched for these first."""
    commands: Callable[[Sequence[str]], bool] | None = None
    """Looks at the words of a command that is started."""
    nearby: str = ""
    """The capability that it is where the address is the host's own."""
    needs: Sequence[frozenset[str]] = ()
    """Capabilities that together are this one."""
    covers: frozenset[str] = frozenset()
    """Capabilities that are part of this one and add no points beside it; together they never weigh more than it does."""


_KINDS = ("values", "commands", "needs")
PACKAGE = "flycatcher.core.payload.capabilities"
INDEX = "flycatcher.core.payload._index"
EAGER = 100
"""Questions after which an index loads every rule: before that, a rule is loaded when the index has the name asked for."""


class Index:
    """Rules of one language by name."""

    def __init__(self, language: str, *, any_case: bool) -> None:
        """Start with nothing loaded."""
        self.language = language
        self.any_case = any_case
        self._asked = 0
        self._calls: dict[str, list[tuple[Rule, When | None]]] = {}
        self._uses: dict[str, list[Rule]] = {}

    def calls(self, name: str) -> Sequence[tuple[Rule, When | None]]:
        """Return the rules that look for a call of that name, each with its condition."""
        table = self._calls if self._loaded() else self._called(_mentioning(name.lower()))
        return table.get(name, ())

    def uses(self, name: str) -> Sequence[Rule]:
        """Return the rules that look for a reading of that name."""
        table = self._uses if self._loaded() else self._used(_mentioning(name.lower()))
        return table.get(name, ())

    def _loaded(self) -> bool:
        """Count a question; load everything when there have been many, and return whether that has been done."""
        self._asked += 1
        if self._asked == EAGER:
            self._calls, self._uses = self._called(rules()), self._used(rules())
        return self._asked >= EAGER

    def _called(self, among: Iterable[Rule]) -> dict[str, list[tuple[Rule, When | None]]]:
        table: dict[str, list[tuple[Rule, When | None]]] = {}
        for rule in among:
            for calls in rule.calls.get(self.language, ()):
                for name in self._names(calls.names):
                    table.setdefault(name, []).append((rule, calls.when))
        return table

    def _used(self, among: Iterable[Rule]) -> dict[str, list[Rule]]:
        table: dict[str, list[Rule]] = {}
        for rule in among:
            for name in self._names(rule.uses.get(self.language, "")):
                table.setdefault(name, []).append(rule)
        return table

    def _names(self, names: str) -> list[str]:
        return (names.lower() if self.any_case else names).split()


class Entry(NamedTuple):
    """One capability, as the index has it."""

    id: str
    module: str
    fields: tuple[str, ...]
    """Which of ``values``, ``commands`` and ``needs`` its rule gives."""
    names: str
    """All names of calls and uses of all languages, in lower case, a blank before and behind each."""


@cache
def entries() -> tuple[Entry, ...]:
    """Return the index in the order of the rules' ids: the generated one, or the same made now."""
    try:
        rows = importlib.import_module(INDEX).CAPABILITIES
    except ModuleNotFoundError:
        return build()
    return tuple(Entry(*row) for row in rows)


def build() -> tuple[Entry, ...]:
    """Make the index from the rules themselves."""
    import pkgutil  # noqa: PLC0415 - not needed with the generated index

    package = importlib.import_module(PACKAGE)
    found = ((module.name, _rule(module.name)) for module in pkgutil.iter_modules(package.__path__))
    made = (Entry(rule.id, module, _given(rule), _all_names(rule)) for module, rule in found)
    return tuple(sorted(made))


def _given(rule: Rule) -> tuple[str, ...]:
    return tuple(field for field in _KINDS if getattr(rule, field))


def _all_names(rule: Rule) -> str:
    texts = [each.names for calls in rule.calls.values() for each in calls] + list(rule.uses.values())
    return f" {' '.join(dict.fromkeys(' '.join(texts).lower().split()))} "


def source() -> str:
    """Return the text of the index's file."""
    rows = "".join(f"    {tuple(entry)!r},\n" for entry in build())
    return f'"""Made by ``make index``; not to be edited."""\n\nCAPABILITIES = (\n{rows})\n'


@cache
def rules() -> tuple[Rule, ...]:
    """Return every capability's rule, in the order of their ids."""
    return tuple(_rule(entry.module) for entry in entries())


@cache
def _rule(module: str) -> Rule:
    """Load one file's rule."""
    rule: Rule = importlib.import_module(f"{PACKAGE}.{module}").RULE
    return rule


def _mentioning(name: str) -> list[Rule]:
    """Return the rules that look for a name in any language, in the order of their ids."""
    word = f" {name} "
    return [_rule(entry.module) for entry in entries() if word in entry.names]


@cache
def named(capability: str) -> Rule | None:
    """Return the rule of this id, None where there is none."""
    return next((_rule(entry.module) for entry in entries() if entry.id == capability), None)


def _with(field: str) -> list[Rule]:
    """Return the rules that give a field of :class:`Rule`, in the order of their ids."""
    return [_rule(entry.module) for entry in entries() if field in entry.fields]


@cache
def index(language: str, *, any_case: bool = False) -> Index:
    """Return the rules of ``language`` by the names they look for."""
    return Index(language, any_case=any_case)


@cache
def value_rules() -> tuple[tuple[tuple[str, ...], Rule], ...]:
    """Return the rules that look at values of strings, each behind its literals."""
    return tuple((tuple(rule.hints.split()), rule) for rule in _with("values") if rule.values)


@cache
def _literals() -> tuple[tuple[str, int], ...]:
    """Return the literals of all rules that look at values, each with its rule's place."""
    return tuple((hint, place) for place, (hints, _rule) in enumerate(value_rules()) for hint in hints)


@cache
def _pattern(values: str) -> re.Pattern[str]:
    """Compile a rule's expression when a text holds one of its literals: most texts hold none."""
    return re.compile(values)


WHOLE = 2048
"""Characters of a text up to which expressions search all of it."""
_WINDOW = 256
_OCCURRENCES = 8
_REMEMBERED = 256
"""Characters of a text whose values are remembered: a build's texts have the same words all over."""


def values_in(text: str) -> Sequence[tuple[Rule, int, int]]:
    """Return the rules whose value a text holds, with the first place where it does.

    Texts are searched for the rules' literals first, and long ones by expressions only around those: linear, whatever they hold.
    """
    return _remembered_values(text) if len(text) <= _REMEMBERED else _values_in(text)


def _values_in(text: str) -> Sequence[tuple[Rule, int, int]]:
    """Search a text."""
    lowered = text.lower()
    places = sorted({place for literal, place in _literals() if literal in lowered})
    if not places:
        return ()
    whole = len(text) <= WHOLE
    if len(lowered) != len(text) and not whole:  # a few letters grow in lower case; places would not agree
        lowered = text
    return tuple(_values(text, lowered, places, whole=whole))


_remembered_values = lru_cache(maxsize=4096)(_values_in)


def _values(text: str, lowered: str, places: Iterable[int], *, whole: bool) -> Iterator[tuple[Rule, int, int]]:
    """Search a text by the expressions of the rules at these places."""
    for hints, rule in map(value_rules().__getitem__, places):
        pattern = _pattern(rule.values)
        if whole:
            match = pattern.search(text)
            found = (match.start(), match.end()) if match is not None else None
        else:
            found = _around(pattern, text, lowered, hints)
        if found is not None:
            yield rule, *found


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
    return tuple(rule for rule in _with("commands") if rule.commands is not None)


@cache
def combined_rules() -> tuple[Rule, ...]:
    """Return the rules that other capabilities make together."""
    return tuple(rule for rule in _with("needs") if rule.needs)
