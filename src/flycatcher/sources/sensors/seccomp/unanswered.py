"""The calls that were received and are not answered yet, in memory that outlives the supervisor.

The kernel hands out each notification once, and only who knows its id can answer it (seccomp_unotify(2)). The supervisor may
be killed in between; the front, which was there before it and shares this memory, then answers in its place.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

from flycatcher.sources.sensors.seccomp import abi

if TYPE_CHECKING:
    from collections.abc import Iterable

HELD = 512
"""Ids of executions that wait for their text; later ones have no room."""
_ID = 8
"""Bytes of an id, the first field of struct seccomp_notif."""
_NOTIFICATION = HELD * _ID
LOOP = 8192
"""Where the compiled loop's state begins (fastpath.c), and how far into it its notification is."""
LOOP_NOTIFICATION = 64
_SIZE = 1 << 20
"""Bytes; what nobody writes to takes no memory."""


class Unanswered:
    """Shared by the processes that are forked once it is there; a program that is executed has it no more."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._memory = memoryview(mmap.mmap(-1, _SIZE))
        self._held = self._memory[:_NOTIFICATION].cast("Q")
        self._count = 0
        self.notification = self._memory[_NOTIFICATION : _NOTIFICATION + abi.NOTIF_SIZE]
        """What Python receives into."""
        self.loop = self._memory[LOOP:]
        """What the compiled loop works in."""

    def hold(self, idents: Iterable[int]) -> None:
        """Remember the executions that wait for their text, and no others."""
        kept = list(idents)[:HELD]
        for place in range(max(len(kept), self._count)):
            self._held[place] = kept[place] if place < len(kept) else 0
        self._count = len(kept)

    def left(self) -> list[int]:
        """Return the ids that may be unanswered; some may have been answered already."""
        received = [self._id_at(_NOTIFICATION), self._id_at(LOOP + LOOP_NOTIFICATION)]
        return [ident for ident in dict.fromkeys([*self._held, *received]) if ident]

    def _id_at(self, offset: int) -> int:
        return int(self._memory[offset : offset + _ID].cast("Q")[0])
