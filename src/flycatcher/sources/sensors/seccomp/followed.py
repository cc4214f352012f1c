"""A command from its start to its end, whoever observes it: its state, its end, and what the front is told of it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from flycatcher.sources.sensors.seccomp.front import Start
    from flycatcher.sources.sensors.seccomp.judge import Counts

JOB_STOPS = frozenset({signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGSTOP})


class RunOutcome(NamedTuple):
    """How it ended."""

    code: int
    """The command's exit code, 128+n for a signal."""
    counts: Counts
    observed: bool
    trouble: str = ""
    ended: bool = False
    """The command was ended before its time, because its supervisor or its front was."""


class FollowedCommand:
    """The command's state as its supervisor's process sees it."""

    def __init__(self, start: Start) -> None:
        """Take the command's start."""
        self._start = start
        self._status: int | None = None
        self._terminated = False
        self._ended = False
        self._front = os.getppid()

    def _reap(self, *, block: bool = False) -> None:
        """Collect the command's state and the orphans that came to us."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WUNTRACED | os.WCONTINUED | (0 if block else os.WNOHANG))
            except ChildProcessError:
                if self._status is None:
                    self._status = 0
                return
            if pid == 0:
                return
            if pid != self._start.pid:
                continue
            if os.WIFSTOPPED(status):
                if os.WSTOPSIG(status) in JOB_STOPS:
                    self._signal_front(signal.SIGSTOP)
            elif os.WIFCONTINUED(status):
                self._signal_front(signal.SIGCONT)
            else:
                self._status = status
                if block:
                    return

    def _signal_front(self, number: signal.Signals) -> None:
        """Make the front follow the command's state, for the shell that waits for it."""
        if os.getppid() == self._front:
            os.kill(self._front, number)

    def _tell(self, message: bytes) -> None:
        """Send the front a message and ring."""
        try:
            self._start.channel.send(message)
        except OSError:
            return  # the front was killed: nobody waits any more
        self._signal_front(signal.SIGCHLD)

    def _terminate(self, *_: object) -> None:
        """SIGTERM: end cleanly; the front keeps the build alive."""
        self._terminated = True


def children() -> int:
    """Return how many processes are left below this one."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as handle:
            return len(handle.read().split())
    except OSError:
        return 0


def code_of(status: int) -> int:
    """Return the exit code of a wait status, 128+n for a signal."""
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
