"""Calls that a foreign file system may block: each is made in a thread, with a time limit.

Opening a file, reading it and reading /proc/PID/cmdline can wait for the program that serves a FUSE mount, and neither
O_NONBLOCK nor a signal ends that wait. The reader of a sensor must not stand still for it.

A call that works is no call that waits: where many programs want the processor, reading a compiler of 30 MB may take longer than
the limit. So a thread that has used the processor since the last look is waited for some more.
"""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
SECONDS = 2.0
LOOKS = 8
"""Times that a call is waited for while it works: what serves a file a few bytes at a time must not hold the reader up either."""
WORKS = 1 / 400
"""The share of a wait that a thread must have had the processor, to count as working."""
MOST = 4
"""Threads that may be held up at once; while all are, nothing more is tried."""


class _Call:
    """One call, and where its result will lie."""

    __slots__ = ("arguments", "done", "function", "result")

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...], default: object) -> None:
        self.function, self.arguments = function, arguments
        self.result: Any = default
        self.done = threading.Lock()
        self.done.acquire()


class Bounded:
    """One thread at work at a time; a thread that is held up is left behind, and ends when its call does."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST) -> None:
        """No thread is started before the first call: threads do not share a later change of capabilities."""
        self._seconds, self._most = seconds, most
        self._calls: SimpleQueue[_Call | None] | None = None
        self._clock = 0
        """The processor clock of the thread that makes the calls."""
        self._held: list[_Call] = []
        self.unanswered = 0
        """Calls that were given up, or not made because too many others hang."""

    def call(self, function: Callable[..., T], *arguments: object, default: T) -> T:
        """Return what ``function`` returns, ``default`` where that takes too long or raises OSError."""
        self._held = [call for call in self._held if call.done.locked()]
        if len(self._held) >= self._most:
            self.unanswered += 1
            return default
        if self._calls is None:
            self._calls = SimpleQueue()
            thread = threading.Thread(target=_work, args=(self._calls,), daemon=True, name="bounded")
            thread.start()
            self._clock = time.pthread_getcpuclockid(thread.ident or 0)
        call = _Call(function, arguments, default)
        self._calls.put(call)
        if self._is_done(call):
            result: T = call.result
            return result
        self._calls.put(None)
        self._calls = None
        self._held.append(call)
        self.unanswered += 1
        return default

    def _is_done(self, call: _Call) -> bool:
        """Wait for a call, as long as it works."""
        spent = time.clock_gettime(self._clock)
        for _ in range(LOOKS):
            if call.done.acquire(timeout=self._seconds):
                return True
            before, spent = spent, time.clock_gettime(self._clock)
            if spent - before < self._seconds * WORKS:
                return False
        return False


def _work(calls: SimpleQueue[_Call | None]) -> None:
    """Make the calls in order, until None ends the queue."""
    while (call := calls.get()) is not None:
        try:
            call.result = call.function(*call.arguments)
        except OSError:
            pass
        finally:
            call.done.release()
