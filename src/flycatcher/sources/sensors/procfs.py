"""Facts from /proc about a process, only while it is still the same process. Source: proc(5)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.execution import Fidelity
from flycatcher.core.operands import paths_read
from flycatcher.sources.program_files import View, view_of, with_files
from flycatcher.sources.sensors.bounded import Bounded

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution, Process

READ_LIMIT = 1 << 16
ENVIRONMENT_LIMIT = 1 << 20

bounded = Bounded()
"""For what a hostile process may make last for ever: its command line can lie in a file that a FUSE server does not deliver."""


def start_of(pid: int) -> int:
    """Return a process's start time in clock ticks since boot (field 22 of stat), 0 where it is gone."""
    try:
        return int(read(f"/proc/{pid}/stat", 4096).rpartition(b")")[2].split(None, 20)[19])
    except (OSError, IndexError, ValueError):
        return 0


def read(path: str, limit: int = READ_LIMIT) -> bytes:
    """Return up to ``limit`` bytes of a file; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, limit)
    finally:
        os.close(descriptor)


def link(path: str) -> str:
    """Return where a link points, empty where that cannot be read."""
    try:
        return os.readlink(path)  # noqa: PTH115 - on the path of each execution
    except OSError:
        return ""


def environment_of(process: Process) -> dict[str, str]:
    """Return the variables that a process was started with; empty where it is gone or they cannot be read."""
    return bounded.call(_environment_of, process, default={})


def _environment_of(process: Process) -> dict[str, str]:
    raw = read(f"/proc/{process.pid}/environ", ENVIRONMENT_LIMIT)
    if start_of(process.pid) != process.start:
        return {}
    pairs = (word.partition("=") for word in map(os.fsdecode, raw.split(b"\0")))
    return {name: value for name, sign, value in pairs if sign}


def mount_namespace(pid: int) -> int:
    """Return the inode of a process's mount namespace, 0 where it is gone."""
    name = link(f"/proc/{pid}/ns/mnt")
    return int(name[5:-1]) if name.startswith("mnt:[") else 0


def with_files_of(execution: Execution) -> Execution:
    """Return a running program's execution with what the paths that it runs or loads lead to, as the program sees them.

    Where it has ended they are looked for as this process sees them, if that is the same; a note says so, or that it is not.
    """
    paths = paths_read(execution) if execution.process is not None else ()
    return bounded.call(_with_files_of, execution, paths, default=execution) if paths else execution


def _with_files_of(execution: Execution, paths: tuple[str, ...]) -> Execution:
    process, here = execution.process, execution.cwd
    if process is None:
        return execution
    found = with_files(execution, view_of(process.pid, here), paths)
    if start_of(process.pid) == process.start and link(f"/proc/{process.pid}/root"):  # a zombie has no root any more
        return found
    if not here.startswith("/") or execution.context.get("ns.mount", "") not in ("", str(mount_namespace(os.getpid()))):
        return _noted(execution, "the files that it names were not looked at: it had ended")
    found = with_files(execution, View("", here, here), paths)
    return _noted(found, "the files that it names were looked at after it had ended") if found.files else execution


def _noted(execution: Execution, note: str) -> Execution:
    """Return the execution with one more note of its source."""
    fidelity = execution.fidelity or Fidelity()
    return replace(execution, fidelity=replace(fidelity, notes=(*fidelity.notes, note)))
