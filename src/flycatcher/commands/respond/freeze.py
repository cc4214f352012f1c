"""Stops a process tree, by the freezer of its control group or with SIGSTOP, and lets it go on again.

A process that was stopped forks no more, so the tree is read again until nothing new is in it. Every signal goes through a pidfd:
a number that was given to another process meanwhile is never hit. Sources: pidfd_open(2), proc(5), signal(7).
"""

from __future__ import annotations

import errno
import os
import resource
import signal
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from flycatcher.commands.respond.cgroups import own_cgroup
from flycatcher.commands.respond.spared import spared
from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.sensors.procfs import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from flycatcher.commands.respond.cgroups import Cgroup

MOST = 4096
"""Processes of a tree that are looked at."""
SETTLE = 2.0
"""Seconds that processes are waited for until they stand still; one that waits for a device (state D) stops once it is answered."""
PAUSE = 0.002
STILL = frozenset("TtZX")
"""States in which a process runs nothing: stopped, traced, ended."""


KERNEL_THREAD = 0x00200000
"""PF_KTHREAD in the flags of /proc/PID/stat. Source: include/linux/sched.h."""


class Stat(Struct, frozen=True):
    """What /proc/PID/stat says of a process that the tree is built from."""

    pid: int
    parent: int
    start: int
    """Clock ticks since boot."""
    state: str
    name: str
    is_kernel: bool = False
    """It is a thread of the kernel (PF_KTHREAD)."""


class Member(Struct):
    """A process of the tree, and what became of stopping it."""

    stat: Stat
    descriptor: int
    """A pidfd."""
    was_stopped: bool = False
    """It stood still before anybody was here, and is left so."""
    is_ours: bool = False
    """It was sent SIGSTOP, and is sent SIGCONT."""
    why_not: str = ""

    def signal(self, number: signal.Signals) -> bool:
        """Send a signal; return whether it was accepted, and keep the reason if not."""
        try:
            signal.pidfd_send_signal(self.descriptor, number)
        except OSError as error:
            self.why_not = error.strerror or str(error)
            return False
        return True


def stat_of(pid: int) -> Stat | None:
    """Return a process's facts, None where it is gone."""
    try:
        head, _, rest = os.fsdecode(read(f"/proc/{pid}/stat", 4096)).rpartition(")")
        fields = rest.split()
        is_kernel = bool(int(fields[6]) & KERNEL_THREAD)
        return Stat(pid, int(fields[1]), int(fields[19]), fields[0], head.partition("(")[2], is_kernel)
    except (OSError, IndexError, ValueError):
        return None


def processes() -> dict[int, Stat]:
    """Return all processes that /proc shows, by number."""
    found = (stat_of(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return {stat.pid: stat for stat in found if stat is not None}


def tree_of(roots: Iterable[Stat], known: dict[int, Stat]) -> list[Stat]:
    """Return processes and their descendants, each once: parents before children, siblings by number."""
    children = defaultdict(list)
    for stat in known.values():
        children[stat.parent].append(stat)
    tree = {stat.pid: stat for stat in roots}
    waiting = list(tree.values())
    for stat in waiting:
        new = sorted((child for child in children[stat.pid] if child.pid not in tree), key=lambda child: child.pid)
        tree.update((child.pid, child) for child in new)
        waiting.extend(new)
    return waiting


def _more_descriptors() -> None:
    """Allow as many pidfds as this process may have: a tree can have more members than the usual limit of 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < 2 * MOST:
        wanted = 2 * MOST if hard == resource.RLIM_INFINITY else min(hard, 2 * MOST)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Tree:
    """The processes below one, stopped or only held by their pidfds."""

    def __init__(self, pid: int, *, freeze: bool = True, start: int = 0) -> None:
        """Take the processes that there are; raises FlycatcherError where there is none of that number, or it is spared.

        ``start``: the clock ticks at which it must have started, where the number was read earlier.
        """
        self._spared = spared(processes()) if freeze else {}
        self._refuse([pid])
        self.pid, self.freeze, self._start = pid, freeze, start
        self.members: dict[tuple[int, int], Member] = {}
        self.rounds = 0
        self.group: Cgroup | None = None
        """The control group whose freezer holds them; None: signals do."""
        self.is_whole = True
        """Whether no process was left out for being one too many, or for not standing still in time."""

    def _refuse(self, pids: Iterable[int]) -> None:
        for pid in pids:
            if pid in self._spared:
                hint = "respond capture --no-freeze reads it without stopping it"
                raise FlycatcherError(f"process {pid} is {self._spared[pid]}", hint=hint, code=2)

    def take_over(self) -> None:
        """Count the first process as stopped here: whoever started this program has done that for it."""
        for member in self.members.values():
            if member.stat.pid == self.pid:
                member.is_ours, member.was_stopped = True, False

    def kill(self) -> int:
        """End all members; return how many took the signal."""
        return sum(member.signal(signal.SIGKILL) for member in self.members.values())

    def __enter__(self) -> Self:
        """Stop the tree, parents first, until no new process is found and all stand still."""
        _more_descriptors()
        try:
            self._take()
        except BaseException:
            self.thaw()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close the pidfds; who wants the tree to go on calls :meth:`thaw`."""
        for member in self.members.values():
            os.close(member.descriptor)

    def _take(self) -> None:
        """Go round until nothing changes."""
        until = time.monotonic() + SETTLE
        while self._round():
            if len(self.members) >= MOST or time.monotonic() > until:
                self.is_whole = False
                break
            time.sleep(PAUSE)
        if not self.members and self.pid:
            raise FlycatcherError(f"no process {self.pid}", hint="it has ended, or is in another pid namespace", code=3)

    def _round(self) -> bool:
        """Stop what is new; return whether another look is needed."""
        self.rounds += 1
        known, new = processes(), 0
        for stat in self._wanted(known):
            is_new = (stat.pid, stat.start) not in self.members and stat.pid not in self._spared
            if is_new and len(self.members) < MOST:
                new += self._add(stat)
        return self.freeze and (new > 0 or not all(map(_stands_still, self.members.values())))

    def _wanted(self, known: dict[int, Stat]) -> list[Stat]:
        """Return the processes that are to be held, those first that start others."""
        return tree_of(self._roots(known), known)

    def _roots(self, known: dict[int, Stat]) -> list[Stat]:
        """Return what the tree hangs below: all members, since a parent that ends leaves its children to others."""
        if not self.members:
            root = known.get(self.pid)
            return [root] if root is not None and self._start in {0, root.start} else []
        return [stat for stat in known.values() if (stat.pid, stat.start) in self.members]

    def _add(self, stat: Stat) -> bool:
        """Hold a process by a pidfd and stop it, if it still is the one that was seen."""
        try:
            descriptor = os.pidfd_open(stat.pid)
        except OSError as error:
            self.is_whole &= error.errno not in {errno.EMFILE, errno.ENFILE}
            return False
        now = stat_of(stat.pid)
        if now is None or now.start != stat.start:
            os.close(descriptor)
            return False
        member = Member(now, descriptor, was_stopped=now.state == "T")
        self.members[now.pid, now.start] = member
        if self.freeze and not member.was_stopped:
            member.is_ours = member.signal(signal.SIGSTOP)
        return True

    def thaw(self) -> None:
        """Let go on what was stopped here, children first, so that a parent finds them as they were."""
        for member in reversed(self.members.values()):
            if member.is_ours:
                member.signal(signal.SIGCONT)


class Grove(Tree):
    """Several processes, each with its descendants."""

    def __init__(self, name: str, roots: Sequence[Stat], *, freeze: bool = True) -> None:
        """Take the roots; raises FlycatcherError where one is spared, and :meth:`__enter__` where all have ended."""
        super().__init__(0, freeze=freeze)
        self.name, self._first = name, {(root.pid, root.start) for root in roots}
        self.pid = roots[0].pid
        if freeze:
            self._refuse(root.pid for root in roots)

    def _take(self) -> None:
        """Freeze the group that holds one tree and nobody else; where there is none, stop its processes one by one."""
        if self.freeze and len(self._first) == 1:
            self._freeze_group()
        super()._take()

    def _freeze_group(self) -> None:
        group = own_cgroup(self.pid, self._pids())
        if group is None or not group.can_freeze() or group.wants_frozen() or group.pids() & self._spared.keys():
            return
        self.group = group
        try:
            group.freeze(on=True)
            is_ours = group.is_frozen() and group.pids() <= self._pids()
        except OSError:
            is_ours = False
        if is_ours:
            self.freeze = False  # what is looked at from here on is held by the group
        else:
            self.thaw()
            self.group = None

    def _pids(self) -> set[int]:
        return {stat.pid for stat in self._wanted(processes())}

    def thaw(self) -> None:
        """Let go on what was stopped here, the group or the processes."""
        if self.group is not None:
            with suppress(OSError):  # it has gone with its processes
                self.group.freeze(on=False)
        super().thaw()

    def _roots(self, known: dict[int, Stat]) -> list[Stat]:
        """Return what the trees hang below."""
        held = self._first | self.members.keys()
        return [stat for stat in known.values() if (stat.pid, stat.start) in held]


class Crowd(Tree):
    """Processes that belong together without one that started them all: those of a control group, or of a user."""

    def __init__(self, name: str, belongs: Callable[[dict[int, Stat]], list[Stat]], *, freeze: bool = True) -> None:
        """``belongs`` picks them from all; none at all is no error. Who is spared is left out."""
        super().__init__(0, freeze=freeze)
        self.name, self._belongs = name, belongs

    def _wanted(self, known: dict[int, Stat]) -> list[Stat]:
        return self._belongs(known)


def _stands_still(member: Member) -> bool:
    """Whether a process runs nothing, or cannot be made to."""
    if not member.is_ours:
        return True
    now = stat_of(member.stat.pid)
    return now is None or now.start != member.stat.start or now.state in STILL
