"""The short way for executions of known programs of no concern, and of no file: system calls in C (fastpath.c), no step of Python.

What it answers is what :meth:`Files.plain` would have: the same programs, by the same key. Where nothing may run unjudged, it
looks afterwards as :class:`Pending` does. All else it hands over as it was received. Where there is no object for this
machine, or with ``FLYCATCHER_FASTPATH=off``, Python does all of it.
"""

from __future__ import annotations

import ctypes
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.sources.sensors.seccomp import abi
from flycatcher.sources.sensors.seccomp.verify import Judged, Pending

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flycatcher.sources.sensors.seccomp.files import Key

NAME, SLOTS, PASSED, BUSY, OPEN, WATCHED = 40, 4096, 4096, 256, 64, 8
"""As in fastpath.c: bytes of a name; programs, threads, executions and descriptors that have room."""
MOST = SLOTS // 2
"""Programs that are learnt: a table that is half empty is fast."""
HANDED_OVER, TROUBLE, DOUBTFUL = 1, 8, 16
POLLIN = 1


class _Watched(ctypes.Structure):
    """Struct pollfd."""

    _fields_ = (("descriptor", ctypes.c_int32), ("events", ctypes.c_int16), ("revents", ctypes.c_int16))


class _Program(ctypes.Structure):
    _fields_ = (
        ("inode", ctypes.c_uint64),
        ("change_seconds", ctypes.c_int64),
        ("change_nanoseconds", ctypes.c_uint32),
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        ("length", ctypes.c_uint32),
        ("name", ctypes.c_ubyte * NAME),
    )


class _File(ctypes.Structure):
    _fields_ = (("inode", ctypes.c_uint64), ("major", ctypes.c_uint32), ("minor", ctypes.c_uint32))

    def key(self) -> tuple[int, int]:
        """Return device and inode as stat(2) does."""
        return os.makedev(self.major, self.minor), self.inode


class _Open(ctypes.Structure):
    _fields_ = (
        ("begun", ctypes.c_int64),
        ("due", ctypes.c_int64),
        ("step", ctypes.c_int64),
        ("thread", ctypes.c_int32),
        ("process", ctypes.c_int32),
        ("before", _File),
        ("judged", _File),
    )

    def pending(self) -> Pending:
        """Return the execution as one that Python looks after."""
        judged = Judged(self.judged.key(), None)
        return Pending.taken_over(self.thread, self.process, judged, before=self.before.key(), begun=self.begun / 1e9)


class _State(ctypes.Structure):
    _fields_ = (
        ("watched", _Watched * WATCHED),
        ("notification", ctypes.c_ubyte * abi.NOTIF_SIZE),
        ("doubtful", _Open),
        ("due", ctypes.c_int64),
        ("seen", ctypes.c_uint64),
        ("unverified", ctypes.c_uint64),
        ("absent", ctypes.c_uint64),
        ("verifies", ctypes.c_uint32),
        ("open", ctypes.c_uint32),
        ("passed", ctypes.c_uint32),
        ("busy", ctypes.c_uint32),
        ("count", ctypes.c_uint32),
        ("trouble", ctypes.c_int32),
        ("busy_by", ctypes.c_int32 * BUSY),
        ("passed_by", ctypes.c_int32 * PASSED),
        ("pending", _Open * OPEN),
        ("programs", _Program * SLOTS),
    )


class Served(NamedTuple):
    """What the compiled loop did."""

    notification: bytes
    """What it received and did not answer (struct seccomp_notif), empty where nothing is left."""
    seen: int
    """Executions that it let through."""
    unverified: int
    """Those that had ended before it could look."""
    absent: int
    """Calls that named no file."""
    threads: list[int]
    """Who called."""
    doubtful: Pending | None
    """An execution that has to be looked into."""


class FastPath:
    """The compiled loop, and what it knows."""

    def __init__(self, serve: ctypes._NamedFuncPointer, memory: memoryview, *, verifies: bool) -> None:
        """``serve``: the function of the object; ``memory``: where it works; ``verifies``: it looks afterwards what runs."""
        self._serve = serve
        self._state = _State.from_buffer(memory)
        self._state.verifies = verifies
        self._address = ctypes.addressof(self._state)
        self._learnt = 0

    def watch(self, descriptors: Sequence[int]) -> None:
        """Return from :meth:`serve` when one of these is readable; the first one is the listener."""
        self._state.count = len(descriptors)
        for place, descriptor in enumerate(descriptors):
            self._state.watched[place] = _Watched(descriptor, POLLIN, 0)

    def learn(self, key: Key) -> None:
        """Answer executions of this program from here on."""
        device, inode, changed, name = key
        if self._learnt >= MOST or not 0 < len(name) <= NAME:
            return
        seconds, nanoseconds = divmod(changed, 10**9)
        slot = ((inode ^ nanoseconds) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) >> 52
        while self._state.programs[slot].length:
            slot = (slot + 1) % SLOTS
        padded = (ctypes.c_ubyte * NAME)(*name)
        place = os.major(device), os.minor(device)
        self._state.programs[slot] = _Program(inode, seconds, nanoseconds, *place, len(name), padded)
        self._learnt += 1

    def forget(self) -> None:
        """Know no program any more."""
        ctypes.memset(ctypes.addressof(self._state.programs), 0, ctypes.sizeof(self._state.programs))
        self._learnt = 0

    def due(self) -> float | None:
        """Return the seconds until the next look is due, at least 0; None where none is."""
        return max(0.0, (self._state.due - time.monotonic_ns()) / 1e9) if self._state.open else None

    def release(self) -> list[Pending]:
        """Give away all that is not yet known to have happened."""
        left = [self._state.pending[place].pending() for place in range(self._state.open)]
        self._state.open = self._state.due = 0
        return left

    def serve(self, seconds: float, busy: Collection[int]) -> Served:
        """Answer until something else is to be done, or for ``seconds``; calls of the threads ``busy``, BUSY at most, are left.

        Where there are such, somebody is to be looked after at that moment, however many calls wait.
        """
        state = self._state
        state.busy = len(busy)
        state.busy_by[: len(busy)] = tuple(busy)
        until = time.monotonic_ns() + int(seconds * 1e9) if seconds > 0 or busy else 0
        outcome = self._serve(self._address, until)
        if outcome == TROUBLE:
            raise OSError(state.trouble, os.strerror(state.trouble))
        return Served(
            bytes(state.notification) if outcome & HANDED_OVER else b"",
            state.seen,
            state.unverified,
            state.absent,
            state.passed_by[: state.passed],
            state.doubtful.pending() if outcome & DOUBTFUL else None,
        )


def _load() -> ctypes._NamedFuncPointer | None:
    """Load the object for this machine, if there is one."""
    try:
        library = ctypes.CDLL(str(Path(__file__).with_name(f"fastpath.{platform.machine()}.so")))
    except OSError:
        return None
    serve = library.flycatcher_serve
    serve.argtypes = (ctypes.c_void_p, ctypes.c_int64)
    serve.restype = ctypes.c_int
    return serve


_SERVE = _load()
"""Loaded with this module: before a build runs that could change the file."""


def fastpath_for(memory: memoryview, *, verifies: bool) -> FastPath | None:
    """Return a fast path that works in this memory; None where this machine has none, or nobody wants it."""
    if _SERVE is None or os.environ.get("FLYCATCHER_FASTPATH") == "off":
        return None
    return FastPath(_SERVE, memory, verifies=verifies)
