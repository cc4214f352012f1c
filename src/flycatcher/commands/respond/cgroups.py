"""Control groups of version 2: which processes are in one, and its freezer. Source: cgroup-v2.rst of the kernel."""

from __future__ import annotations

import os
import time
from pathlib import Path

from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.sensors.ebpf.kill import cgroup_root
from flycatcher.sources.sensors.procfs import read

SETTLE = 2.0
"""Seconds that a group is waited for until all in it stand still."""
PAUSE = 0.002


class Cgroup:
    """One group, by its path below the root (or with it)."""

    def __init__(self, name: str) -> None:
        """Find its folder; raises FlycatcherError where the name leads out of the hierarchy, or there is none."""
        try:
            root = cgroup_root()
        except OSError as error:
            raise FlycatcherError(f"no control groups: {error.strerror}", hint="use a process or user:NAME") from error
        inside = name[len(str(root)) :] if Path(name).is_relative_to(root) else name
        self.name = inside.strip("/")
        if ".." in Path(self.name).parts or "\0" in self.name or "\n" in self.name:
            raise FlycatcherError(f"cgroup:{name}: leads out of {root}", hint="give a path below it", code=2)
        self.path = root / self.name

    @property
    def is_root(self) -> bool:
        """Whether this is the group that all others are below."""
        return not self.name

    def pids(self) -> set[int]:
        """Return the processes in it and in the groups below; groups that go meanwhile have none."""
        found: set[int] = set()
        for folder, _, _ in os.walk(self.path):
            try:
                found.update(map(int, Path(folder, "cgroup.procs").read_text(encoding="ascii").split()))
            except OSError:
                continue
        return found

    def can_freeze(self) -> bool:
        """Whether this group has a freezer that may be written to."""
        return not self.is_root and os.access(self.path / "cgroup.freeze", os.W_OK)

    def wants_frozen(self) -> bool:
        """Whether somebody has frozen this very group."""
        try:
            return (self.path / "cgroup.freeze").read_text(encoding="ascii").strip() == "1"
        except OSError:
            return False

    def is_frozen(self) -> bool:
        """Whether all in it stand still."""
        try:
            return "frozen 1" in (self.path / "cgroup.events").read_text(encoding="ascii").splitlines()
        except OSError:
            return False

    def freeze(self, *, on: bool) -> None:
        """Freeze or thaw it; waits until a frozen one stands still. Raises OSError."""
        (self.path / "cgroup.freeze").write_text("1" if on else "0", encoding="ascii")
        until = time.monotonic() + SETTLE
        while on and not self.is_frozen() and time.monotonic() < until:
            time.sleep(PAUSE)


def cgroup_of(pid: int) -> str:
    """Return a process's group as this process sees it: a path below the root; empty where it is gone, or outside."""
    try:
        lines = os.fsdecode(read(f"/proc/{pid}/cgroup")).splitlines()
    except OSError:
        return ""
    found = next((line[3:] for line in lines if line.startswith("0::")), "")
    return "" if found.startswith("/..") else found.removesuffix(" (deleted)")


def own_cgroup(root: int, tree: set[int]) -> Cgroup | None:
    """Return the group of a tree's first process, where it holds that tree, all of it, and nobody else."""
    name = cgroup_of(root)
    if name.strip("/") == "":
        return None
    group = Cgroup(name)
    return group if group.pids() == tree else None
