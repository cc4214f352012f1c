"""The supervisor's process from the command's start to its end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from typing import TYPE_CHECKING

from flycatcher.layout import say
from flycatcher.sources.sensors.seccomp import abi
from flycatcher.sources.sensors.seccomp.command import explain
from flycatcher.sources.sensors.seccomp.followed import FollowedCommand, RunOutcome, children, code_of
from flycatcher.sources.sensors.seccomp.front import keep
from flycatcher.sources.sensors.seccomp.guard import Guard
from flycatcher.sources.sensors.seccomp.judge import Counts
from flycatcher.sources.sensors.seccomp.supervisor import Supervisor
from flycatcher.sources.sensors.seccomp.tree import end_descendants

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.sources.sensors.seccomp.front import Start
    from flycatcher.sources.sensors.seccomp.judge import Judge
    from flycatcher.sources.sensors.seccomp.supervision import Supervision


class SupervisedRun(FollowedCommand):
    """One command, one supervisor."""

    def __init__(self, start: Start, judge: Judge, settings: Supervision) -> None:
        """Wait for the command's listener."""
        super().__init__(start)
        self._judge = judge
        self._settings = settings
        self._supervisor: Supervisor | None = None

    def run(self, close: Callable[[RunOutcome], int]) -> int:
        """Serve until the command ends; ``close`` writes the reports and says which exit code the front shall give."""
        bell, ring = socket.socketpair()
        bell.setblocking(False)
        ring.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._terminate)
        signal.set_wakeup_fd(ring.fileno(), warn_on_full_buffer=False)
        listener, number = self._start.listener()
        if listener is None:
            say(explain(number, enforces=self._settings.enforces))
            return self._unobserved(close)
        _wake_here(listener)
        supervisor = self._supervisor = Supervisor(
            listener, self._judge, self._settings, guard=Guard(self._front, os.getpid()), start=self._start
        )
        supervisor.watch(bell.fileno())
        if self._settings.enforces:
            supervisor.watch(self._start.channel.fileno())  # nothing is sent there: readable when the front ends
            with contextlib.suppress(OSError):  # where root lets us: what won a race is to be found before it runs far
                os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
        self._serve(supervisor, bell)
        supervisor.finish()
        self._judge.release()
        supervisor.counts.left = 0 if supervisor.ended else children()
        code = close(self._outcome(supervisor.counts, supervisor.trouble))
        if self._status is None:
            return code  # told to end: the front takes over
        self._tell(b"S%d %d" % (code, supervisor.ended))
        self._linger(supervisor, bell)
        return code

    def _serve(self, supervisor: Supervisor, bell: socket.socket) -> None:
        """Answer the kernel until the run has come to its end."""
        self._reap()
        while not self._over(supervisor):
            self._turn(supervisor, bell)
        if self._settings.enforces and (self._terminated or self._ended):
            self._end_tree(supervisor)
        while not supervisor.ended and supervisor.turn_now():
            continue

    def _turn(self, supervisor: Supervisor, bell: socket.socket) -> None:
        """Serve one round."""
        ready = supervisor.turn()
        if bell.fileno() in ready:
            _drain(bell)
            self._reap()
        if self._settings.enforces and self._start.channel.fileno() in ready:
            self._ended = True

    def _end_tree(self, supervisor: Supervisor) -> None:
        """End all that the command started: nobody will answer for it any more."""
        self._judge.release()  # its helper is no part of the tree
        left = end_descendants(os.getpid())
        self._status = signal.SIGTERM if self._terminated else signal.SIGKILL  # as wait statuses
        self._ended = True
        supervisor.counts.left = left

    def _unobserved(self, close: Callable[[RunOutcome], int]) -> int:
        """Wait for a command that runs without a filter."""
        while self._status is None:
            self._reap(block=True)
        code = close(RunOutcome(code_of(self._status), Counts(), observed=False))
        self._tell(b"S%d 1" % code)
        return code

    def _outcome(self, counts: Counts, trouble: str) -> RunOutcome:
        """Pack the end."""
        return RunOutcome(code_of(self._status or 0), counts, observed=True, trouble=trouble, ended=self._ended)

    def _over(self, supervisor: Supervisor) -> bool:
        """Tell whether the run has come to its end."""
        if self._ended:
            return True
        if self._terminated or supervisor.ended:
            # the filter's last user is gone a moment before the kernel lets its parent know
            while self._status is None and not self._terminated:
                self._reap(block=True)
            return True
        return self._status is not None and not self._settings.wait_all

    def _linger(self, supervisor: Supervisor, bell: socket.socket) -> None:
        """Serve processes that outlive the command, holding on to nothing else."""
        if supervisor.ended:
            return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if not (self._settings.denies or self._settings.enforces):
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            keep(supervisor.listener)
        if self._settings.enforces:
            supervisor.unwatch(self._start.channel.fileno())
        supervisor.deny()
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        for descriptor in range(3):
            os.dup2(null, descriptor)
        while not supervisor.ended:
            if bell.fileno() in supervisor.turn():
                _drain(bell)
                self._reap()


def _wake_here(listener: int) -> None:
    """Ask for wake-ups on the same processor, which the build waits on anyway; older kernels do not know it."""
    import fcntl  # noqa: PLC0415

    try:
        fcntl.ioctl(listener, abi.NOTIF_SET_FLAGS, abi.SYNC_WAKE_UP)
    except OSError:
        return


def _drain(bell: socket.socket) -> None:
    """Empty the bell's buffer."""
    try:
        while bell.recv(4096):
            pass
    except BlockingIOError:
        return
