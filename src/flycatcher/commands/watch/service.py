"""What a service owes its manager: readiness, a watchdog's beat, and a record of when nothing was watched.

Source: sd_notify(3); the protocol is one datagram to the socket that NOTIFY_SOCKET names.
"""

from __future__ import annotations

import ctypes
import os
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from flycatcher.sinks.transports.place import read_file, replace_file

if TYPE_CHECKING:
    from pathlib import Path

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1
_MICROSECONDS = 1_000_000
_MARK_LIMIT = 4096
_BEAT = 10.0
"""Seconds between two marks in the state file: a gap after a crash is known to this accuracy."""


NICENESS = -5
"""Of the reader of a sensor."""


def spare_memory() -> None:
    """Have the C library keep little of what is freed: a service that once read a large command line must not stay large.

    Source: mallopt(3). One arena; blocks of 128 KiB and more go back at once, and so does the heap's end.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        for parameter, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, 128 << 10), (_TRIM_THRESHOLD, 128 << 10)):
            mallopt(parameter, value)


def stay_ahead() -> None:
    """Be served before the builds of a busy host: a reader that falls behind loses. A niceness that somebody chose stays.

    So are threads that are started from here on and the process that analyses; a copy of this process is served as everybody is.
    Without the right to, nothing changes. Source: setpriority(2), sched(7).
    """
    if os.getpriority(os.PRIO_PROCESS, 0) == 0:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
            os.register_at_fork(after_in_child=_as_everybody)


def _as_everybody() -> None:
    os.setpriority(os.PRIO_PROCESS, 0, 0)


def notify(*states: str) -> bool:
    """Send states such as ``READY=1`` to the service manager; False where there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager, suppress(OSError):
        manager.sendto("\n".join(states).encode(), address)
        return True
    return False


def watchdog_seconds() -> float:
    """Return how often to send ``WATCHDOG=1`` (half of what the manager waits), 0 where it does not wait."""
    asked, who = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not asked.isdigit() or (who and who != str(os.getpid())):
        return 0.0
    return int(asked) / _MICROSECONDS / 2


class Mark(msgspec.Struct, frozen=True):
    """The state file's content."""

    watched_until: float
    """Seconds since 1970."""
    how: str
    """``running`` (then it has not ended well), ``stopped``."""


class Marker:
    """Keeps ``watched until`` in a file, so that the next run can report the gap."""

    def __init__(self, path: Path | None) -> None:
        """``path`` None: nothing is kept."""
        self._path = path
        self._last = 0.0

    def previous(self) -> Mark | None:
        """Return what the last run left, None where there is nothing readable."""
        if self._path is None:
            return None
        try:
            return msgspec.json.decode(read_file(str(self._path), _MARK_LIMIT), type=Mark)
        except (OSError, msgspec.MsgspecError):
            return None

    def beat(self, how: str = "running") -> None:
        """Write the mark, at most every ten seconds while running."""
        now = time.monotonic()
        if self._path is None or (how == "running" and self._last and now - self._last < _BEAT):
            return
        self._last = now
        with suppress(OSError):  # a full disk must not end the watch; the gap is then only said to be longer
            self.write(how)

    def write(self, how: str = "running") -> None:
        """Write the mark. Raises OSError."""
        if self._path is not None:
            replace_file(str(self._path), msgspec.json.encode(Mark(time.time(), how)))


class Beat:
    """Sends the service manager's watchdog signal in time, if it wants one."""

    def __init__(self) -> None:
        """Read what is wanted once."""
        self._every = watchdog_seconds()
        self._next = 0.0

    def tick(self) -> None:
        """Send the signal if it is due; call this often."""
        now = time.monotonic()
        if self._every and now >= self._next:
            self._next = now + self._every
            notify("WATCHDOG=1")
