"""What /proc adds to a kernel record, each time only where the process is still the one that was meant."""

from __future__ import annotations

import os
from collections import OrderedDict
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from flycatcher.core.execution import Process
from flycatcher.sources.sensors.bounded import Bounded
from flycatcher.sources.sensors.clock import to_ticks
from flycatcher.sources.sensors.ebpf import wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.sensors.ebpf.pieces import Pieces

_READ = 1 << 16
_ENVIRONMENT = 1 << 20
_OVERLAYFS = 0x794C7630  # include/uapi/linux/magic.h
_CHAINS = 256
_CACHE_BYTES = 4 << 20
_ENTRY_BYTES = 1500
"""What one remembered ancestor takes beside its command line, about."""
_FRESH = 2.0  # seconds for which an ancestor's command line is taken as still the same

bounded = Bounded()
"""For what a hostile process may make last for ever: its command line can lie in a file that a FUSE server does not deliver."""


def start_of(pid: int) -> int:
    """Return a process's start time in clock ticks since boot (field 22 of stat), 0 where it has gone."""
    try:
        return int(read(f"/proc/{pid}/stat", 4096).rpartition(b")")[2].split(None, 20)[19])
    except (OSError, IndexError, ValueError):
        return 0


def read(path: str, limit: int = _READ) -> bytes:
    """Return up to ``limit`` bytes of a file; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, limit)
    finally:
        os.close(descriptor)


def _link(path: str) -> str:
    try:
        return os.readlink(path)  # noqa: PTH115 - on the path of each execution
    except OSError:
        return ""


_ENDED = "argv not read: the process had ended"
_SILENT = "argv not read: /proc did not answer in time"


def _filled(process: Process) -> Process:
    """Add argv, exe and cwd of a process; its start is read last, so that a reused pid cannot slip in between."""
    root = f"/proc/{process.pid}"
    try:
        raw = read(f"{root}/cmdline")
        exe, cwd = _link(f"{root}/exe"), _link(f"{root}/cwd")
    except OSError:
        return msgspec.structs.replace(process, note=_ENDED)
    if start_of(process.pid) != process.start:
        return msgspec.structs.replace(process, note=_ENDED)
    argv = tuple(map(os.fsdecode, raw.removesuffix(b"\0").split(b"\0"))) if raw else ()
    note = "argv cut at 65536 bytes" if len(raw) == _READ else ""
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
        """Return the kernel's chain with argv, exe and cwd, each ancestor with a note where they could not be had."""
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


def environment_of(process: Process) -> dict[str, str]:
    """Return the variables that a process was started with; empty where it has gone or they cannot be read."""
    return bounded.call(_environment_of, process, default={})


def _environment_of(process: Process) -> dict[str, str]:
    raw = read(f"/proc/{process.pid}/environ", _ENVIRONMENT)
    if start_of(process.pid) != process.start:
        return {}
    pairs = (word.partition("=") for word in map(os.fsdecode, raw.split(b"\0")))
    return {name: value for name, sign, value in pairs if sign}


def late_environment(part: wire.ExecPart) -> bytes:
    """Return the environment that the kernel's side left out, as it is in the process's memory by now; empty where it has gone."""
    return bounded.call(_late_environment, part, default=b"")


def _late_environment(part: wire.ExecPart) -> bytes:
    memory = os.open(f"/proc/{part.pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = os.pread(memory, min(part.environment_bytes, _ENVIRONMENT), part.environment_at)
    finally:
        os.close(memory)
    return found if start_of(part.pid) == to_ticks(part.start) else b""


def mount_namespace(pid: int) -> int:
    """Return the inode of a process's mount namespace, 0 where it has gone."""
    name = _link(f"/proc/{pid}/ns/mnt")
    return int(name[5:-1]) if name.startswith("mnt:[") else 0


class Opened(NamedTuple):
    """The executed file."""

    descriptor: int
    unchanged: bool
    """It is as it was at the exec, so that what it holds can be remembered under the kernel's key."""


def _paths(part: wire.ExecPart, pieces: Pieces) -> Iterator[str]:
    """Yield paths under which the executed file may lie, the surest first."""
    if part.flags & (wire.DETACHED | wire.PATH_CUT) or part.links == 0:
        return
    if part.mount_ns != mount_namespace(os.getpid()):
        for pid, *_ in wire.ANCESTOR_STRUCT.iter_unpack(pieces.chain):
            if mount_namespace(pid) == part.mount_ns:
                yield f"/proc/{pid}/root{pieces.exe}"
    yield pieces.exe  # whatever lies there: only the same file will do


def open_running(part: wire.ExecPart) -> Opened | None:
    """Open the file that the process runs, None where that is not the executed one any more.

    Whoever runs it may touch it meanwhile (unlink it, give it another mode): its content is the same, as the kernel lets
    nobody write to a program that runs.
    """
    descriptor = _open(f"/proc/{part.pid}/exe")
    if descriptor is None:
        return None
    status = os.fstat(descriptor)
    unchanged = _is_unchanged(part, status)
    same = unchanged or status.st_ino == part.inode
    if same and start_of(part.pid) == to_ticks(part.start):
        return Opened(descriptor, unchanged)
    os.close(descriptor)
    return None


def open_path(part: wire.ExecPart, pieces: Pieces) -> Opened | None:
    """Open the executed file by its path, after its process has ended; None where it is not there as it was."""
    for path in _paths(part, pieces):
        descriptor = _open(path)
        if descriptor is None:
            continue
        if _is_unchanged(part, os.fstat(descriptor)):
            return Opened(descriptor, unchanged=True)
        os.close(descriptor)
    return None


def _open(path: str) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return None


def _is_unchanged(part: wire.ExecPart, status: os.stat_result) -> bool:
    """Tell whether this is the executed file (overlayfs may show another inode number than it executes), as it was."""
    changed = part.changed * 1_000_000_000 + part.changed_ns
    same = status.st_ino == part.inode or part.magic == _OVERLAYFS
    return same and status.st_ctime_ns == changed and status.st_size == part.size
