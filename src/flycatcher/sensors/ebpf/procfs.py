"""What /proc adds to a kernel record, each time only where the process is still the one that was meant."""

from __future__ import annotations

import os
from collections import OrderedDict
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from flycatcher.sensors.ebpf import wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.execution import Process
    from flycatcher.sensors.ebpf.record import Pieces

_READ = 1 << 16
_OVERLAYFS = 0x794C7630  # include/uapi/linux/magic.h
_CACHE = 4096
_FRESH = 2.0  # seconds for which an ancestor's command line is taken as still the same


def start_of(pid: int) -> int:
    """Return a process's start time in clock ticks since boot (field 22 of stat), 0 where it has gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - on the path of each execution
            return int(file.read(_READ).rpartition(b")")[2].split()[19])
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


def _filled(process: Process) -> Process:
    """Add argv, exe and cwd of a process; its start is read last, so that a reused pid cannot slip in between."""
    root = f"/proc/{process.pid}"
    try:
        raw = read(f"{root}/cmdline")
        exe, cwd = _link(f"{root}/exe"), _link(f"{root}/cwd")
    except OSError:
        return msgspec.structs.replace(process, note="argv not read: the process had ended")
    if start_of(process.pid) != process.start:
        return msgspec.structs.replace(process, note="argv not read: the process had ended")
    argv = tuple(map(os.fsdecode, raw.removesuffix(b"\0").split(b"\0"))) if raw else ()
    note = "argv cut at 65536 bytes" if len(raw) == _READ else ""
    return msgspec.structs.replace(process, argv=argv, exe=exe, cwd=cwd, note=note)


class Ancestors:
    """Fills ancestors from /proc, keeping what was read for a moment: siblings share their ancestors."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._known: OrderedDict[tuple[int, int, str], tuple[float, Process]] = OrderedDict()

    def fill(self, chain: tuple[Process, ...]) -> tuple[Process, ...]:
        """Return the chain with argv, exe and cwd, each with a note where it could not be had."""
        now = monotonic()
        return tuple(self._one(process, now) for process in chain)

    def _one(self, process: Process, now: float) -> Process:
        key = (process.pid, process.start, process.comm)
        known = self._known.get(key)
        if known is not None and now - known[0] < _FRESH:
            return known[1]
        found = _filled(process)
        self._known[key] = (now, found)
        self._known.move_to_end(key)
        if len(self._known) > _CACHE:
            self._known.popitem(last=False)
        return found


def environment_of(process: Process) -> dict[str, str]:
    """Return the variables that a process was started with; empty where it has gone or they cannot be read."""
    try:
        raw = read(f"/proc/{process.pid}/environ", 1 << 20)
    except OSError:
        return {}
    if start_of(process.pid) != process.start:
        return {}
    pairs = (word.partition("=") for word in map(os.fsdecode, raw.split(b"\0")))
    return {name: value for name, sign, value in pairs if sign}


def mount_namespace(pid: int) -> int:
    """Return the inode of a process's mount namespace, 0 where it has gone."""
    name = _link(f"/proc/{pid}/ns/mnt")
    return int(name[5:-1]) if name.startswith("mnt:[") else 0


def candidates(part: wire.ExecPart, pieces: Pieces) -> Iterator[str]:
    """Yield paths under which the executed file may be opened, the surest first."""
    yield f"/proc/{part.pid}/exe"
    if part.flags & (wire.DETACHED | wire.PATH_CUT) or part.links == 0:
        return
    if part.mount_ns != mount_namespace(os.getpid()):
        for ancestor in pieces.ancestors:
            if mount_namespace(ancestor.pid) == part.mount_ns:
                yield f"/proc/{ancestor.pid}/root{pieces.exe}"
    yield pieces.exe  # whatever lies there: only the same file will do


def open_executable(part: wire.ExecPart, pieces: Pieces) -> int | None:
    """Return a descriptor of the very file that was executed (same inode and ctime), None where it cannot be had."""
    changed = part.changed * 1_000_000_000 + part.changed_ns
    for path in candidates(part, pieces):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError:
            continue
        status = os.fstat(descriptor)
        # overlayfs may show another inode number than it executes
        same = status.st_ino == part.inode or part.magic == _OVERLAYFS
        if same and status.st_ctime_ns == changed and status.st_size == part.size:
            return descriptor
        os.close(descriptor)
    return None
