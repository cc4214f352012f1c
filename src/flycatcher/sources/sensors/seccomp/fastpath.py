"""The short way for executions of known programs of no concern: a few system calls in C (fastpath.c), without a step of Python.

What it answers is what :meth:`Files.plain` would have: the same programs, by the same key. All else it hands over as it
was received. Where there is no object for this machine, or ``FLYCATCHER_FASTPATH=off``, Python does all of it.
"""

from __future__ import annotations

import ctypes
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.sources.sensors.seccomp import abi

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flycatcher.sources.sensors.seccomp.files import Key

NAME, SLOTS, PASSED, OPEN, WATCHED = 40, 4096, 4096, 64, 8
"""As in fastpath.c: bytes of a name; programs, threads and descriptors that have room."""
MOST = SLOTS // 2
"""Programs that are learnt: a table that is half empty is fast."""
IDLE, HANDED_OVER, READY, FULL, TROUBLE = range(5)
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


class _State(ctypes.Structure):
    _fields_ = (
        ("watched", _Watched * WATCHED),
        ("notification", ctypes.c_ubyte * abi.NOTIF_SIZE),
        ("seen", ctypes.c_uint64),
        ("passed", ctypes.c_uint32),
        ("open", ctypes.c_uint32),
        ("count", ctypes.c_uint32),
        ("trouble", ctypes.c_int32),
        ("open_by", ctypes.c_int32 * OPEN),
        ("passed_by", ctypes.c_int32 * PASSED),
        ("programs", _Program * SLOTS),
    )


class FastPath:
    """The compiled loop, and what it knows."""

    def __init__(self, serve: ctypes._NamedFuncPointer, listener: int) -> None:
        """``serve``: the function of the object."""
        self._serve = serve
        self._state = _State()
        self._address = ctypes.addressof(self._state)
        self._learnt = 0
        self.watch([listener])

    @property
    def notification(self) -> bytes:
        """What was received and is to be answered: struct seccomp_notif."""
        return bytes(self._state.notification)

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

    def serve(self, seconds: float, busy: Iterable[int]) -> tuple[bool, int, list[int]]:
        """Answer until something else is to be done, or for ``seconds``; calls of the threads ``busy`` are handed over.

        Return whether :attr:`notification` is to be answered, how many executions were, and their threads.
        """
        state = self._state
        state.open = 0
        for thread in busy:
            if state.open == OPEN:
                return False, 0, []
            state.open_by[state.open] = thread
            state.open += 1
        state.seen = 0
        until = time.monotonic_ns() + int(seconds * 1e9) if seconds > 0 else 0
        outcome = self._serve(self._address, until)
        if outcome == TROUBLE:
            raise OSError(state.trouble, os.strerror(state.trouble))
        return outcome == HANDED_OVER, state.seen, state.passed_by[: state.passed]


def fastpath_for(listener: int) -> FastPath | None:
    """Return the fast path for a listener; None where this machine has none, or nobody wants it."""
    if os.environ.get("FLYCATCHER_FASTPATH") == "off":
        return None
    try:
        library = ctypes.CDLL(str(Path(__file__).with_name(f"fastpath.{platform.machine()}.so")))
    except OSError:
        return None
    serve = library.flycatcher_serve
    serve.argtypes = (ctypes.c_void_p, ctypes.c_int64)
    serve.restype = ctypes.c_int
    return FastPath(serve, listener)
