"""Who started whom, as far as a log tells: the last start of each process, host by host, for as many as memory is given."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from flycatcher.core.recipe import starters

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
        self.young: dict[Hashable, tuple[Describe, Any]] = {}
        """The starts of late by process: as :meth:`remember` keeps them, for who cannot wait for a call."""
        self._old: dict[Hashable, tuple[Describe, Any]] = {}

    def remember(self, process: Hashable, describe: Describe, what: object) -> None:
        """Keep a start: ``describe`` turns ``what`` into the process and the key of the one that started it."""
        self.turned()[process] = (describe, what)

    def turned(self) -> dict[Hashable, tuple[Describe, Any]]:
        """Return where starts are kept, after those of long ago were forgotten where there are too many."""
        if len(self.young) >= _GENERATION:
            self._old, self.young = self.young, {}
        return self.young

    def matters(self, process: Hashable) -> bool:
        """Whether a process or one of its ancestors is one that adds to a risk: a server, a scheduler, a package manager."""
        return any(starters.identify(each.exe, each.comm, each.argv) is not None for each in self.of(process))

    def __contains__(self, process: Hashable) -> bool:
        return process in self.young or process in self._old

    def of(self, process: Hashable) -> tuple[Process, ...]:
        """Return a process and its ancestors, nearest first; empty where the log has not told of it."""
        found: list[Process] = []
        seen = set()
        while process not in seen and len(found) < DEPTH:
            seen.add(process)
            entry = self.young.get(process) or self._old.get(process)
            if entry is None:
                break
            if entry[0] is not _known:
                entry = (_known, entry[0](entry[1]))
                self.young[process] = entry
            described, process = entry[1]
            found.append(described)
        return tuple(found)


def _known(what: tuple[Process, Hashable]) -> tuple[Process, Hashable]:
    """Return what has been described before."""
    return what
