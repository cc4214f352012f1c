"""The process that delivers: a copy of the reporting one, with a thread for each sink.

What holds them together is a pipe. A byte in it says that something was added; its end says that the reporting process has
finished, or was killed: what is in the spool is then delivered all the same, for as long as the settings allow.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from zlib import crc32

from flycatcher.sinks.delivery.lane import Lane
from flycatcher.sinks.delivery.registry import format_for, transport_for
from flycatcher.sinks.delivery.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flycatcher.destination import Destination

_TICK, _HOUSEKEEPING = 0.2, 5.0
_AGAIN = 10.0
"""Seconds after which a deliverer that was killed is made anew."""
_GRACE = 2.0
"""Seconds beyond its own deadline that a deliverer gets before it is ended."""


class Deliverer:
    """Starts the process, wakes it, and waits for it at the end."""

    def __init__(
        self,
        path: str,
        destinations: Sequence[Destination],
        *,
        wait: float = 10.0,
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        """``wait``: seconds that it may go on after the end; ``prepare`` is called in it first, to give up rights."""
        self._path, self._destinations, self._wait, self._prepare = path, destinations, wait, prepare
        self._pid = self._bell = 0
        self._began = 0.0

    def start(self) -> None:
        """Make the process. No spool may be open in this one: SQLite's locks do not survive a fork(2)."""
        self._hang_up()
        self._began = time.monotonic()
        ear, self._bell = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            self._become(ear)
        os.close(ear)

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        if self._pid:
            try:
                if os.waitpid(self._pid, os.WNOHANG) == (0, 0):
                    return True
            except ChildProcessError:
                pass  # whoever collects all children has collected it
            self._pid = 0
        return False

    def wake(self) -> None:
        """Say that something was added; never waits."""
        if self._bell:
            with suppress(OSError):  # full: it will look; broken: see :attr:`missing`
                os.write(self._bell, b"\n")

    @property
    def missing(self) -> bool:
        """Whether the process was killed, and not only just now."""
        return bool(self._bell) and time.monotonic() - self._began > _AGAIN and not self.alive

    def finish(self) -> None:
        """Have the rest delivered, and wait for the end of that."""
        self._hang_up()
        end = time.monotonic() + self._wait + _GRACE
        while self.alive and time.monotonic() < end:
            time.sleep(0.01)
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
            self._pid = 0

    def _hang_up(self) -> None:
        if self._bell:
            os.close(self._bell)
        self._bell = 0

    def _become(self, ear: int) -> None:
        """Deliver in the copy; never returns. What the reporting process held open is not ours to hold."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # the pipe says when to end
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            os.setsid()
            ear = fcntl.fcntl(ear, fcntl.F_DUPFD_CLOEXEC, 3) if ear < 3 else ear
            os.dup2(ear, 3)
            os.closerange(4, os.sysconf("SC_OPEN_MAX"))
            self._prepare()
            deliver(self._path, self._destinations, ear=3, wait=self._wait)
            code = 0
        except BaseException:  # noqa: BLE001 - shown; what was not delivered is in the spool
            sys.excepthook(*sys.exc_info())
        finally:
            with suppress(OSError):
                sys.stderr.flush()
            os._exit(code)


def deliver(path: str, destinations: Sequence[Destination], *, ear: int, wait: float) -> None:
    """Deliver what is in a spool until ``ear`` ends, and then, for ``wait`` seconds at most, until nothing is left."""
    rooms = [_Room(path, destination) for destination in destinations]
    with Spool(path) as spool:
        _attend(spool, rooms, ear)
        end = time.monotonic() + wait
        for room in rooms:
            room.drain()
        while any(room.busy for room in rooms) and time.monotonic() < end:
            time.sleep(0.02)
        for room in rooms:
            room.end()
        spool.forget()


def _attend(spool: Spool, rooms: Sequence[_Room], ear: int) -> None:
    """Wake the lanes while the reporting process lives, and keep the spool small."""
    for room in rooms:
        room.start()
    tidied = time.monotonic()
    while True:
        ready, _, _ = select.select([ear], [], [], _HOUSEKEEPING)
        if ready and not os.read(ear, 4096):
            return
        for room in rooms:
            room.wake()
        if time.monotonic() - tidied >= _HOUSEKEEPING:
            spool.forget()
            tidied = time.monotonic()


class _Room:
    """A thread with one lane, which it works in while no other process has the same one."""

    def __init__(self, path: str, destination: Destination) -> None:
        self._path, self._destination = path, destination
        self._lane = Lane(destination, format_for(destination), transport_for(destination), Spool(path))
        self._thread = threading.Thread(target=self._work, name=destination.name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether there is something left to do."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Something was added."""
        self._lane.wake.set()

    def drain(self) -> None:
        """Go on only as long as something waits."""
        self._lane.draining.set()
        self._lane.wake.set()

    def end(self) -> None:
        """Stop after what is being sent."""
        self._lane.stop.set()
        self._lane.wake.set()

    def _work(self) -> None:
        """Wait for the lock, a byte of the lock file that belongs to this name, and deliver."""
        lane = self._lane
        held = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        place = crc32(self._destination.name.encode())
        while not lane.stop.is_set():
            try:
                fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
                break
            except OSError:
                if lane.draining.is_set() and not lane.backlog():
                    return
                lane.stop.wait(_TICK)
        while not lane.stop.is_set():
            try:
                lane.run()
                break
            except Exception:  # noqa: BLE001 - shown; the lane begins anew, with what it had not taken out of the queue
                sys.excepthook(*sys.exc_info())
                lane.stop.wait(1)
