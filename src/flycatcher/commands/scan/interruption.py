"""Ctrl-C: the scan ends where it is and reports what it has found; a second one ends the process."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType


class Interruption:
    """Takes the keyboard's signal while its block runs. No exception comes out of the middle of anything for it."""

    def __init__(self) -> None:
        """Begin unasked."""
        self.asked = False
        self.then: Callable[[], None] = _nothing
        """What is called at once, from the signal's handler."""
        self._before: Any = None

    def __enter__(self) -> Self:
        """Take the signal over, where this thread may."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signal back."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        """Note the signal."""
        del number, frame
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self.then()


def _nothing() -> None:
    """Do nothing."""
