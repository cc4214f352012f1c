"""Ancestors that had ended before /proc was read: what they ran is known where their own start was seen.

A process that has ended and was not waited for is still in /proc, with an empty command line.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from msgspec import structs

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution, Process

_KEPT = 4096
_WORDS = 64 << 10
"""Bytes of a command line up to which it is remembered."""
FORKED = "argv is that of the process that it was forked from: it had ended"


class Lineage:
    """What each process of a tree runs, by its number and its start."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: OrderedDict[tuple[int, int], Execution] = OrderedDict()

    def completed(self, execution: Execution) -> Execution:
        """Remember an execution, and return it with the words of ancestors that /proc has no more."""
        process = execution.process
        if process is not None and sum(map(len, execution.argv)) <= _WORDS:
            self._seen[process.pid, process.start] = execution
            self._seen.move_to_end((process.pid, process.start))
            if len(self._seen) > _KEPT:
                self._seen.popitem(last=False)
        if all(each.argv for each in execution.ancestry):
            return execution
        found: list[Process] = []
        for each in reversed(execution.ancestry):
            found.append(self._filled(each, found[-1] if found else None))
        return structs.replace(execution, ancestry=tuple(reversed(found)))

    def _filled(self, process: Process, parent: Process | None) -> Process:
        """Return a process with what its start told, else with what its parent runs, where it still has that one's name."""
        if process.argv:
            return process
        seen = self._seen.get((process.pid, process.start))
        if seen is not None:
            return structs.replace(process, argv=seen.argv, exe=seen.exe, cwd=seen.cwd, note="")
        if parent is not None and parent.argv and parent.comm == process.comm:
            return structs.replace(process, argv=parent.argv, exe=parent.exe, cwd=parent.cwd, note=FORKED)
        return process
