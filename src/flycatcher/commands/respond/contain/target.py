"""What is contained: a process with its descendants, a control group, a container (which is one), or what a user runs."""

from __future__ import annotations

import hashlib
import os
import pwd
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from flycatcher.commands.respond.cgroups import Cgroup, cgroup_of
from flycatcher.commands.respond.freeze import Crowd, Stat, Tree, processes, stat_of
from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.context.container import container_of
from flycatcher.sources.sensors.procfs import read

if TYPE_CHECKING:
    from collections.abc import Callable

WAYS = "a process's number, cgroup:PATH, container:ID or user:NAME"


class Target(Struct, frozen=True):
    """One of the three; ``text`` is how it is written, with the user's or the group's full name."""

    kind: Literal["tree", "cgroup", "user"]
    text: str
    number: int
    """The process, the inode of the group's folder, or the user id."""
    start: int = 0
    """Of a process: clock ticks since boot."""

    def identity(self, acts: str, boot: str) -> str:
        """Return the containment's id: the same for the same target, acts and boot, so that a rehearsal shows it, too."""
        whole = f"{boot} {self.kind} {self.number} {self.start} {self.text} {acts}"
        return hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]

    def cgroup(self) -> Cgroup | None:
        """Return the control group that a ``cgroup:`` names; None for the others."""
        return Cgroup(self.text.partition(":")[2]) if self.kind == "cgroup" else None

    def crowd(self, *, freeze: bool) -> Tree:
        """Return the processes, to be held and, with ``freeze``, stopped."""
        if self.kind == "tree":
            return Tree(self.number, freeze=freeze, start=self.start)
        return Crowd(self.text, self._belongs(), freeze=freeze)

    def _belongs(self) -> Callable[[dict[int, Stat]], list[Stat]]:
        group, uid = self.cgroup(), str(self.number)

        def of_group(known: dict[int, Stat]) -> list[Stat]:
            pids = group.pids() if group is not None else set()
            return [stat for pid, stat in sorted(known.items()) if pid in pids]

        def of_user(known: dict[int, Stat]) -> list[Stat]:
            return [stat for pid, stat in sorted(known.items()) if uid in _uids(pid)]

        return of_user if self.kind == "user" else of_group


def target_of(text: str) -> Target:
    """Read ``PID``, ``cgroup:PATH``, ``container:ID`` or ``user:NAME``; raises FlycatcherError (code 2; 3: there is none)."""
    kind, sign, name = text.partition(":")
    if not sign and text.isascii() and text.isdigit():
        return _process(int(text))
    if kind == "cgroup" and name:
        return _group(name)
    if kind == "container" and name:
        return _container(name)
    if kind == "user" and name:
        return _user(name)
    raise FlycatcherError(f"{text}: no target", hint=f"give {WAYS}", code=2)


def _process(pid: int) -> Target:
    found = stat_of(pid) if 0 < pid < 1 << 31 else None
    if found is None:
        raise FlycatcherError(f"no process {pid}", hint="it has ended, or is in another pid namespace", code=3)
    return Target("tree", str(pid), pid, found.start)


def _group(name: str) -> Target:
    group = Cgroup(name)
    if group.path.is_dir():
        if group.is_root:
            raise FlycatcherError("the root of all control groups cannot be contained", hint="name one below", code=2)
        return Target("cgroup", f"cgroup:{group.name}", group.path.stat().st_ino)
    raise FlycatcherError(
        f"no control group {group.path}", hint=f"cat /proc/PID/cgroup: {cgroup_of(os.getpid())}", code=3
    )


def _container(identity: str) -> Target:
    """Find the control group of a container by its id, or the beginning of that."""
    groups = {group for pid in processes() if (group := _group_of_container(container_of(pid), identity))}
    if len(groups) == 1:
        return _group(groups.pop())
    why = "of no process here" if not groups else f"of {len(groups)} containers"
    hint = "docker ps --no-trunc, podman ps --no-trunc or crictl ps --no-trunc lists ids; or name its cgroup:PATH"
    raise FlycatcherError(f"{identity} is the container id {why}", hint=hint, code=3)


def _group_of_container(facts: dict[str, str], identity: str) -> str:
    """Return the path down to the folder that bears the container's id: groups that it made itself lie below."""
    found = facts.get("container.id", "")
    if not found.startswith(identity):
        return ""
    parts = facts.get("cgroup", "").split("/")
    at = next((at for at, part in enumerate(parts) if found in part), -1)
    return "/".join(parts[: at + 1]) if at > 0 else ""


def _user(name: str) -> Target:
    try:
        entry = pwd.getpwuid(int(name)) if name.isascii() and name.isdigit() else pwd.getpwnam(name)
    except (KeyError, OverflowError) as error:
        raise FlycatcherError(f"no user {name}", hint="a name or a number of getent passwd", code=3) from error
    if entry.pw_uid == 0:
        hint = "name a process or a control group"
        raise FlycatcherError("the system itself runs as root, which cannot be contained", hint=hint, code=2)
    return Target("user", f"user:{entry.pw_name}", entry.pw_uid)


def _uids(pid: int) -> list[str]:
    """Return the real, effective, saved and file-system user ids of a process (proc_pid_status(5)); empty where it is gone."""
    try:
        lines = read(f"/proc/{pid}/status", 4096).decode("ascii", "replace").splitlines()
    except OSError:
        return []
    return next((line.split()[1:] for line in lines if line.startswith("Uid:")), [])
