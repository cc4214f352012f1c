"""Kill what was detected: in the kernel at exec where a scope names it, otherwise as soon as the verdict is there.

Off by default, and a rehearsal until it is enforced. Never pid 1, never this process, never one of its ancestors.
"""

from __future__ import annotations

import errno
import os
import pwd
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.detection import Policy
from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.sensors.ebpf import libbpf, wire
from flycatcher.sources.sensors.ebpf.record import KILLED_AT_EXEC
from flycatcher.sources.sensors.procfs import start_of

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution, Process
    from flycatcher.sources.sensors.ebpf.sensor import Sensor


_GONE = "it had already ended"


class Scope(NamedTuple):
    """Where no scripting interpreter may start: an element of map ``scopes``."""

    kind: int
    id: int
    start: int
    """Of a tree's root, in clock ticks since boot: with the pid it names one process for good."""
    text: str

    @property
    def key(self) -> bytes:
        """The map's key."""
        return wire.SCOPE_STRUCT.pack(self.kind, 0, self.id, self.start)


def scope_of(text: str) -> Scope:
    """Read ``user:NAME``, ``cgroup:PATH`` or ``tree:PID``; raises FlycatcherError."""
    kind, _, value = text.partition(":")
    try:
        if kind == "user":
            return Scope(wire.SCOPE_USER, int(value) if value.isdigit() else pwd.getpwnam(value).pw_uid, 0, text)
        if kind == "tree":
            return Scope(wire.SCOPE_TREE, int(value), _start(int(value)), text)
        if kind == "cgroup":
            path = Path(value) if value.startswith(str(cgroup_root())) else cgroup_root() / value.lstrip("/")
            return Scope(wire.SCOPE_CGROUP, path.stat().st_ino, 0, text)
    except (KeyError, ValueError, OSError) as error:
        raise FlycatcherError(
            f"--kill-scope {text}: {error}", hint="user:NAME, cgroup:PATH or tree:PID", code=2
        ) from error
    raise FlycatcherError(f"--kill-scope {text}: no such kind", hint="user:NAME, cgroup:PATH or tree:PID", code=2)


def cgroup_root() -> Path:
    """Return where the unified hierarchy (cgroup v2) is mounted; raises OSError."""
    with Path("/proc/self/mounts").open(encoding="utf-8", errors="surrogateescape") as mounts:
        for line in mounts:
            fields = line.split()
            if fields[2] == "cgroup2":
                return Path(fields[1])
    raise OSError(errno.ENOENT, "no cgroup2 file system is mounted")


def _start(pid: int) -> int:
    ticks = start_of(pid)
    if not ticks:
        raise ValueError(f"there is no process {pid}")
    return ticks


def spared_pids() -> set[int]:
    """Return pid 1, this process and its ancestors."""
    found, pid = {1}, os.getpid()
    while pid > 1 and pid not in found:
        found.add(pid)
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])
        except OSError:
            break
    return found


class Killer:
    """Decides and acts; ``level`` is a risk level or ``all``."""

    def __init__(self, *, enforce: bool, scopes: tuple[Scope, ...] = ()) -> None:
        """Nothing reaches the kernel before :meth:`arm`."""
        self._enforce, self._scopes = enforce, scopes
        self._spared = spared_pids()

    def arm(self, sensor: Sensor) -> None:
        """Hand scopes, and who is spared, to the kernel's side."""
        one = libbpf.number(1)
        for pid in self._spared:
            sensor.spared.put(libbpf.number(pid), one)
        for old in list(sensor.scopes.keys(wire.SCOPE_STRUCT.size)):
            sensor.scopes.drop(old)
        for scope in self._scopes:
            sensor.scopes.put(scope.key, one)
        wanted = wire.KILL_ENFORCED if self._enforce else wire.KILL_MARKED
        sensor.configure(wanted if self._scopes else wire.KILL_OFF)

    def act(self, execution: Execution) -> Policy:
        """Kill, or report what would have been done; the reason names who did it and how long after the exec."""
        if execution.context.get("kill") == KILLED_AT_EXEC:
            return Policy("killed", "by the kernel, before its first instruction")
        process = execution.process
        if process is None or process.pid in self._spared:
            return Policy("observed", "not killed: pid 1, flycatcher itself and its ancestors are spared")
        if not self._enforce:
            return Policy("would kill", "a rehearsal: --enforce was not given")
        failed = signalled(process, signal.SIGKILL)
        if failed:
            return Policy("observed", f"not killed: {failed}")
        return Policy("killed", f"by signal{_after(execution)}")


def signalled(process: Process, number: signal.Signals) -> str:
    """Send a signal to this very process; return why that failed, or nothing."""
    try:
        descriptor = os.pidfd_open(process.pid)
        try:
            # looked at after the descriptor is open: from here on it is this process and no other
            if start_of(process.pid) != process.start:
                return _GONE
            signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)
    except OSError as error:
        return _GONE if error.errno == errno.ESRCH else str(error.strerror)
    return ""


def _after(execution: Execution) -> str:
    """Return `` 1.2 ms after its exec``; the record's own time is that of the exec."""
    from datetime import datetime  # noqa: PLC0415 - only where something is killed

    fidelity = execution.fidelity
    if fidelity is None or not fidelity.time:
        return ""
    passed = time.time() - datetime.fromisoformat(fidelity.time).timestamp()
    return f", {passed * 1000:.1f} ms after its exec"
