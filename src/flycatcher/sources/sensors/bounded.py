"""Calls that a foreign file system may block: each is made in a thread, with a time limit.

Opening a file, reading it and reading /proc/PID/cmdline can wait for the program that serves a FUSE mount, and neither
O_NONBLOCK nor a signal ends that wait. The reader of a sensor must not stand still for it.
"""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
SECONDS = 2.0
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
            threading.Thread(target=_work, args=(self._calls,), daemon=True, name="bounded").start()
        call = _Call(function, arguments, default)
        self._calls.put(call)
        if call.done.acquire(timeout=self._seconds):
            result: T = call.result
            return result
        self._calls.put(None)
        self._calls = None
        self._held.append(call)
        self.unanswered += 1
        return default


def _work(calls: SimpleQueue[_Call | None]) -> None:
    """Make the calls in order, until None ends the queue."""
    while (call := calls.get()) is not None:
        try:
            call.result = call.function(*call.arguments)
        except OSError:
            pass
        finally:
            call.done.release()
