"""What a kernel record leaves to be looked up while its process lives: the executed file, and an environment left out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.sources.sensors.clock import to_ticks
from flycatcher.sources.sensors.ebpf import wire
from flycatcher.sources.sensors.procfs import ENVIRONMENT_LIMIT, bounded, mount_namespace, start_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.sensors.ebpf.pieces import Pieces

_OVERLAYFS = 0x794C7630  # include/uapi/linux/magic.h


def late_environment(part: wire.ExecPart) -> bytes:
    """Return the environment that the kernel's side left out, as it is in the process's memory by now; empty where it is gone."""
    return bounded.call(_late_environment, part, default=b"")


def _late_environment(part: wire.ExecPart) -> bytes:
    memory = os.open(f"/proc/{part.pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = os.pread(memory, min(part.environment_bytes, ENVIRONMENT_LIMIT), part.environment_at)
    finally:
        os.close(memory)
    return found if start_of(part.pid) == to_ticks(part.start) else b""


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
    """Whether this is the executed file (overlayfs may show another inode number than it executes), as it was."""
    changed = part.changed * 1_000_000_000 + part.changed_ns
    same = status.st_ino == part.inode or part.magic == _OVERLAYFS
    return same and status.st_ctime_ns == changed and status.st_size == part.size
