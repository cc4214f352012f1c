"""Which inherited variables have been reported: what a whole tree of processes inherits is one detection, not thousands."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.snippet import Snippet

    Place = tuple[int, int]
    """A process: its pid and its start time, in clock ticks since boot."""

LIMIT = 4096
"""Texts, and processes of one text, that are remembered; the ones told longest ago are forgotten first."""


class Told:
    """What was told of one tree: a build, a file, a shell's text."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self._texts: OrderedDict[tuple[str, str], None] = OrderedDict()

    def first(self, execution: Execution, snippet: Snippet) -> bool:
        """Whether this is the first time that the tree of an execution shows what a variable brings in; it is told now."""
        del execution
        key = _key(snippet)
        if key in self._texts:
            return False
        self._texts[key] = None
        if len(self._texts) > LIMIT:
            self._texts.popitem(last=False)
        return True


class ToldByTree(Told):
    """The same for all processes of a machine, each tree by itself."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        super().__init__()
        self._processes: OrderedDict[tuple[str, str], OrderedDict[Place, None]] = OrderedDict()

    def first(self, execution: Execution, snippet: Snippet) -> bool:
        """Whether neither the process, nor one above it, nor one beside it was told to carry this."""
        line = [(each.pid, each.start) for each in (execution.process, *execution.ancestry) if each is not None]
        known = self._processes.setdefault(_key(snippet), OrderedDict())
        self._processes.move_to_end(_key(snippet))
        if len(self._processes) > LIMIT:
            self._processes.popitem(last=False)
        told = any(place in known for place in line)
        known.update(dict.fromkeys(line[:2]))  # the process and its parent, whose other children inherit it, too
        while len(known) > LIMIT:
            known.popitem(last=False)
        return not told


def _key(snippet: Snippet) -> tuple[str, str]:
    """Return the variable, and what it brings in."""
    return snippet.variable or "", snippet.text or snippet.path or snippet.url or ""
