"""Failed log-ins, counted by address and by name: who fails too often waits."""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock

WINDOW = 900.0
"""Seconds in which failures are counted."""
BY_ADDRESS, BY_NAME = 10, 20
_KEYS = 10_000
"""Addresses and names that are remembered, those that failed last."""


class Attempts:
    """The failures of one console."""

    def __init__(self) -> None:
        """Start with none."""
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str, name: str, now: float) -> float:
        """Return the seconds to wait before the next try, 0 for none."""
        with self._lock:
            return max(self._left(f"a{address}", BY_ADDRESS, now), self._left(f"n{name}", BY_NAME, now))

    def failed(self, address: str, name: str, now: float) -> None:
        """Count one failure."""
        with self._lock:
            for key in (f"a{address}", f"n{name}"):
                self._failures.setdefault(key, deque(maxlen=BY_NAME)).append(now)
                self._failures.move_to_end(key)
            while len(self._failures) > _KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, address: str, name: str) -> None:
        """Forget the failures of an address and a name."""
        with self._lock:
            for key in (f"a{address}", f"n{name}"):
                self._failures.pop(key, None)

    def _left(self, key: str, most: int, now: float) -> float:
        times = [when for when in self._failures.get(key, ()) if when > now - WINDOW]
        return times[-most] + WINDOW - now if len(times) >= most else 0.0
