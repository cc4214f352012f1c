"""Freezes and kills: by the freezer of a control group that holds nobody else, else by signals through pidfds.

Source: cgroup-v2.rst of the kernel (cgroup.freeze, cgroup.kill), pidfd_send_signal(2), signal(7).
"""

from __future__ import annotations

import os
import shlex
import signal
from typing import TYPE_CHECKING

from flycatcher.commands.respond.cgroups import Cgroup, own_cgroup
from flycatcher.commands.respond.contain.state import Stopped
from flycatcher.commands.respond.freeze import Tree, processes, stat_of
from flycatcher.commands.respond.spared import spared
from flycatcher.core.errors import FlycatcherError
from flycatcher.terminal import one_line
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.commands.respond.contain.state import Containment
    from flycatcher.commands.respond.contain.target import Target

NAMED = 20
"""Processes that a comment names."""


class Measure:
    """What freezing and killing have in common: which processes, and whether a group holds just them."""

    def __init__(self, target: Target) -> None:
        """Look at the processes; raises FlycatcherError where the target is, or holds, somebody who is spared."""
        self.target = target
        guarded = spared(processes())
        if target.kind == "tree" and target.number in guarded:
            _refuse(target.number, guarded[target.number])
        with target.crowd(freeze=False) as crowd:
            self.found = [member.stat for member in crowd.members.values() if member.stat.pid not in guarded]
            whole = {member.stat.pid for member in crowd.members.values()}
        self.group = target.cgroup() or (own_cgroup(target.number, whole) if target.kind == "tree" else None)
        held = self.group.pids() & guarded.keys() if self.group else set()
        if held and target.kind == "cgroup":
            pid = min(held)
            _refuse(pid, guarded[pid])
        if held or (self.group and target.kind == "tree" and not self.group.can_freeze()):
            self.group = None

    def comment(self) -> Iterator[str]:
        """Yield what is known of the processes, as comments of a shell."""
        yield f"# {counted(len(self.found), 'process', 'processes')}"
        yield from (f"#   {stat.pid} {one_line(stat.name)}, start {stat.start}" for stat in self.found[:NAMED])
        if len(self.found) > NAMED:
            yield f"#   and {len(self.found) - NAMED} more"

    def pids(self) -> str:
        """Return the numbers, parents first."""
        return " ".join(str(stat.pid) for stat in self.found)


class Freeze(Measure):
    """Stops them until they are released."""

    def commands(self) -> Iterator[str]:
        """Yield what freezes them."""
        yield from self.comment()
        if self.group is not None:
            yield f"echo 1 > {shlex.quote(str(self.group.path / 'cgroup.freeze'))}"
        elif self.found:
            yield f"kill -STOP {self.pids()}"

    def prepare(self, kept: Containment) -> None:
        """Note the group that will be frozen; raises FlycatcherError where somebody else has done that."""
        if self.group is None:
            return
        if self.group.wants_frozen():
            raise FlycatcherError(f"{self.group.path} is frozen already", hint="by somebody else", code=2)
        try:
            kept.cgroup, kept.cgroup_inode = str(self.group.path), self.group.path.stat().st_ino
        except OSError as error:
            raise FlycatcherError(f"{self.group.path}: {error.strerror}", hint="it was removed", code=3) from error

    def act(self, kept: Containment) -> str:
        """Freeze them; return what was done. Raises FlycatcherError."""
        if self.group is not None and self._by_group(self.group):
            return f"froze {self.group.path} ({counted(len(self.group.pids()), 'process', 'processes')})"
        kept.cgroup, kept.cgroup_inode = "", 0
        with self.target.crowd(freeze=True) as crowd:
            stats = [member.stat for member in crowd.members.values() if member.is_ours]
            kept.stopped = [Stopped(stat.pid, stat.start, stat.name) for stat in stats]
            return f"stopped {_outcome(crowd, len(stats))}"

    def _by_group(self, group: Cgroup) -> bool:
        """Freeze by the group's freezer; False where it has been given somebody else's processes meanwhile."""
        try:
            group.freeze(on=True)
        except OSError as error:
            hint = "as root, on a kernel from 5.2 on"
            raise FlycatcherError(f"{group.path}: {error.strerror}", hint=hint) from error
        strangers = group.pids() & spared(processes()).keys()
        if self.target.kind == "tree":
            with self.target.crowd(freeze=False) as tree:
                strangers |= group.pids() - {member.stat.pid for member in tree.members.values()}
        if not strangers:
            return True
        group.freeze(on=False)
        if self.target.kind == "cgroup":
            raise FlycatcherError(f"{group.path} holds what is spared", hint="name a process", code=2)
        return False


class Kill(Measure):
    """Ends them: stopped first, so that none starts another one meanwhile."""

    def commands(self) -> Iterator[str]:
        """Yield what kills them."""
        yield from self.comment()
        if self.found:
            yield f"kill -STOP {self.pids()}"
            yield f"kill -KILL {self.pids()}"

    def prepare(self, kept: Containment) -> None:
        """Note nothing: this cannot be undone."""

    def act(self, kept: Containment) -> str:
        """Kill them; return what was done."""
        del kept
        with self.target.crowd(freeze=True) as crowd:
            killed = crowd.kill()
            return f"killed {_outcome(crowd, killed)}"


def _refuse(pid: int, what: str) -> None:
    hint = "name a process, a control group or a user that does not hold it"
    raise FlycatcherError(f"process {pid} is {what}", hint=hint, code=2)


def _outcome(crowd: Tree, count: int) -> str:
    """Return how many, and what did not work."""
    failed = [f"{member.stat.pid}: {member.why_not}" for member in crowd.members.values() if member.why_not]
    words = [counted(count, "process", "processes")]
    words += [f"not {'; '.join(failed[:NAMED])}"] if failed else []
    words += [] if crowd.is_whole else ["there were too many, or not all stood still in time"]
    return ", ".join(words)


def thaw(kept: Containment) -> Iterator[str]:
    """Let go on what was frozen; yield what was done. A number or a folder that has become another one is left alone."""
    if kept.cgroup:
        yield _thaw_group(kept)
    if kept.stopped:
        count = sum(map(_continue, reversed(kept.stopped)))
        ended = len(kept.stopped) - count
        yield f"let {counted(count, 'process', 'processes')} go on" + (f", {ended} had ended" if ended else "")


def thaw_commands(kept: Containment) -> Iterator[str]:
    """Yield what lets them go on."""
    if kept.cgroup:
        yield f"echo 0 > {shlex.quote(kept.cgroup + '/cgroup.freeze')}"
    alive = [str(each.pid) for each in reversed(kept.stopped) if is_there(each)]
    if alive:
        yield f"kill -CONT {' '.join(alive)}"


def is_there(process: Stopped) -> bool:
    """Whether it is still this process."""
    found = stat_of(process.pid)
    return found is not None and found.start == process.start


def group_of(kept: Containment) -> Cgroup | None:
    """Return the frozen group, None where it has been removed, or is another one by now."""
    try:
        group = Cgroup(kept.cgroup)
        return group if group.path.stat().st_ino == kept.cgroup_inode else None
    except OSError:
        return None


def _thaw_group(kept: Containment) -> str:
    group = group_of(kept)
    if group is None:
        return f"{kept.cgroup} is gone"
    group.freeze(on=False)
    return f"thawed {kept.cgroup}"


def _continue(process: Stopped) -> bool:
    """Send SIGCONT to this very process; return whether it was there."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError:
        return False
    try:
        if not is_there(process):  # looked at after the descriptor is open: from here on it is this one and no other
            return False
        signal.pidfd_send_signal(descriptor, signal.SIGCONT)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
