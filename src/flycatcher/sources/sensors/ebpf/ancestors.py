"""The ancestors that the kernel names, completed from /proc: argv, executable and working folder."""

from __future__ import annotations

import os
from collections import OrderedDict
from time import monotonic
from typing import NamedTuple

import msgspec

from flycatcher.core.execution import Process
from flycatcher.sources.context.ancestry import words_of
from flycatcher.sources.sensors.clock import to_ticks
from flycatcher.sources.sensors.ebpf import wire
from flycatcher.sources.sensors.procfs import READ_LIMIT, bounded, link, read, start_of

_CHAINS = 256
_CACHE_BYTES = 4 << 20
_ENTRY_BYTES = 1500
"""What one remembered ancestor takes beside its command line, about."""
_FRESH = 2.0
"""Seconds for which an ancestor's command line is taken as still the same."""
_ENDED = "argv not read: the process had ended"
_SILENT = "argv not read: /proc did not answer in time"


def _filled(process: Process) -> Process:
    """Add argv, exe and cwd of a process; its start is read last, so that a reused pid cannot slip in between."""
    root = f"/proc/{process.pid}"
    try:
        raw = read(f"{root}/cmdline")
        exe, cwd = link(f"{root}/exe"), link(f"{root}/cwd")
    except OSError:
        return msgspec.structs.replace(process, note=_ENDED)
    if start_of(process.pid) != process.start:
        return msgspec.structs.replace(process, note=_ENDED)
    argv = words_of(raw) if raw else ()
    note = "argv cut at 65536 bytes" if len(raw) == READ_LIMIT else ""
    return msgspec.structs.replace(process, argv=argv, exe=exe, cwd=cwd, note=note)


class _Known(NamedTuple):
    """An ancestor, when it was read, and what remembering it costs."""

    time: float
    process: Process
    cost: int


class Ancestors:
    """Fills ancestors from /proc, keeping what was read for a moment: siblings share their ancestors."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._chains: OrderedDict[bytes, tuple[float, tuple[Process, ...]]] = OrderedDict()
        self._cost = 0

    def fill(self, chain: bytes) -> tuple[Process, ...]:
        """Return the kernel's chain with argv, exe and cwd, each ancestor with a note where they could not be read."""
        now = monotonic()
        known = self._chains.get(chain)
        if known is not None and now - known[0] < _FRESH:
            return known[1]
        size = wire.ANCESTOR_STRUCT.size
        found = tuple(self._one(chain[at : at + size], now) for at in range(0, len(chain), size))
        self._chains[chain] = (now, found)
        self._chains.move_to_end(chain)
        if len(self._chains) > _CHAINS:
            self._chains.popitem(last=False)
        return found

    def _one(self, raw: bytes, now: float) -> Process:
        known = self._known.get(raw)
        if known is not None and now - known.time < _FRESH:
            return known.process
        bare = ancestor(raw)
        found = bounded.call(_filled, bare, default=msgspec.structs.replace(bare, note=_SILENT))
        self._remember(raw, found, now)
        return found

    def _remember(self, raw: bytes, found: Process, now: float) -> None:
        """Keep an ancestor; the oldest go where all together would take too much memory."""
        old = self._known.pop(raw, None)
        cost = _ENTRY_BYTES + sum(map(len, found.argv))
        self._known[raw] = _Known(now, found, cost)
        self._cost += cost - (old.cost if old else 0)
        while self._cost > _CACHE_BYTES:
            self._cost -= self._known.popitem(last=False)[1].cost
            self._chains.clear()  # they hold the same processes


def ancestor(raw: bytes) -> Process:
    """Return one ``struct ancestor`` as a process that only the kernel's own facts are known of."""
    pid, uid, start, comm = wire.ANCESTOR_STRUCT.unpack(raw)
    return Process(pid=pid, start=to_ticks(start), comm=os.fsdecode(comm.partition(b"\0")[0]), uid=uid)
