"""Who started whom, as far as a log tells: the last start of each process, host by host, for as many as memory is given."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flycatcher.core.execution import Process

_GENERATION = 1 << 15
"""Processes that are remembered at least; twice as many at most."""
DEPTH = 12
"""Ancestors of one start."""
Describe = Callable[[Any], tuple["Process", Hashable]]


class Lineage:
    """Remembers starts in whatever form a format has them, and describes them only where an ancestor is asked for."""

    def __init__(self) -> None:
        """Start with nobody known."""
        self._young: dict[Hashable, tuple[Describe, Any]] = {}
        self._old: dict[Hashable, tuple[Describe, Any]] = {}

    def remember(self, process: Hashable, describe: Describe, what: object) -> None:
        """Keep a start: ``describe`` turns ``what`` into the process and the key of the one that started it."""
        if len(self._young) >= _GENERATION:
            self._old, self._young = self._young, {}
        self._young[process] = (describe, what)

    def __contains__(self, process: Hashable) -> bool:
        return process in self._young or process in self._old

    def of(self, process: Hashable) -> tuple[Process, ...]:
        """Return a process and its ancestors, nearest first; empty where the log has not told of it."""
        found: list[Process] = []
        seen = set()
        while process not in seen and len(found) < DEPTH:
            seen.add(process)
            entry = self._young.get(process) or self._old.get(process)
            if entry is None:
                break
            if entry[0] is not _known:
                entry = (_known, entry[0](entry[1]))
                self._young[process] = entry
            described, process = entry[1]
            found.append(described)
        return tuple(found)


def _known(what: tuple[Process, Hashable]) -> tuple[Process, Hashable]:
    """Return what has been described before."""
    return what
