"""What a hunt shows to people: one line a text, the worst first, then the rarest; below it, why and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.core.levels import LEVELS
from flycatcher.reporting import record_of
from flycatcher.sinks.formats.line import deeds, how, what
from flycatcher.sinks.formats.tree import evidence, layers, verdict
from flycatcher.sources.logs.engine.clock import stamp
from flycatcher.terminal import line_start, one_line
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from flycatcher.hunt.groups import Group, Groups
    from flycatcher.sinks.formats.paint import Paint

_NAMED = 3
"""Hosts, users and parents that a line names."""
_WIDEST = max(map(len, LEVELS))


def lines(groups: Groups, paint: Paint, *, depth: int, redact: bool) -> Iterator[str]:
    """Yield the lines for all groups."""
    for group in groups.sorted():
        yield from group_lines(group, paint, depth=depth, redact=redact)
    if groups.beyond:
        yield f"{counted(groups.beyond, 'further detection')} of further texts: --format jsonl has them all"


def group_lines(group: Group, paint: Paint, *, depth: int, redact: bool) -> Iterator[str]:
    """Yield the lines for one group."""
    record = record_of(group.example, redact=redact)
    level = paint(group.level, f"{group.level:<{_WIDEST}}")
    times = "once" if group.count == 1 else f"{group.count} times"
    possible = (
        "" if not group.possible else ", possible" if group.possible == group.count else f", {group.possible} possible"
    )
    yield f"{level} {paint('title', line_start(how(record)))}: {paint('text', what(record))}"
    said = deeds(record)
    yield f"    {times}{possible}{_when(group)}{_where(group)}" + (f" -- {said}" if said else "")
    if depth:
        yield from _more(group, record, paint, depth)


def _when(group: Group) -> str:
    """Return the time of a group, or its first and its last."""
    first, last = stamp(group.first)[:19], stamp(group.last)[:19]
    if not first:
        return ""
    return f", {first}" if first == last else f", {first} to {last}"


def _where(group: Group) -> str:
    """Return hosts, users and parents."""
    parts = ((" on ", group.hosts), (" as ", group.users), (" by ", group.parents))
    return "".join(f"{word}{_names(names)}" for word, names in parts if names)


def _names(names: Counter[str]) -> str:
    """Return the most frequent names, and how many more there are."""
    shown = ", ".join(one_line(name, 60) for name, _ in names.most_common(_NAMED))
    return shown + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _more(group: Group, record: dict[str, Any], paint: Paint, depth: int) -> Iterator[str]:
    """Yield a group's id, its place, who started it, and why it is rated as it is."""
    execution = record["execution"]
    fidelity = execution.get("fidelity") or {}
    yield f"    id: {group.id}, shape {record['shape']}"
    place = one_line(f"{fidelity.get('log', '')}:{fidelity.get('line', 0)}")
    yield f"    at: {place} (byte {fidelity.get('byte', 0)})" + (
        f", and in {counted(len(group.logs) - 1, 'more log')}" if len(group.logs) > 1 else ""
    )
    for above, process in enumerate(execution.get("ancestry") or ()):
        words = " ".join(map(str, process.get("argv") or ())) or str(process.get("exe") or process.get("comm") or "?")
        yield f"    {'started by' if not above else '        by'}: {one_line(words, 200)}"
    facts = execution.get("context") or {}
    login = ", ".join(
        f"{name} {facts[name]}" for name in sorted(facts) if name.startswith(("login.", "container.", "kubernetes."))
    )
    if login:
        yield f"    where: {one_line(login, 300)}"
    yield f"    risk: {verdict(record, paint)}"
    yield from (f"      {line}" for line in evidence(record, paint))
    for note in fidelity.get("notes") or ():
        yield f"    note: {one_line(str(note), 300)}"
    if depth > 1:
        yield from (f"    {line}" for line in layers(record, paint))
