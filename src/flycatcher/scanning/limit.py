"""A bound on the time that one file may take: hostile text exists for every parser."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SECONDS = 10.0
"""Of processor time, so that a busy machine changes nothing."""


class TooLongError(BaseException):
    """The time is up. No ``except Exception`` on the way may keep it."""


@contextmanager
def bounded(seconds: float = SECONDS) -> Iterator[None]:
    """Raise TooLongError in the block once it has used so much processor time; only the main thread can be bounded."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _up(number: int, frame: FrameType | None) -> None:
    """Interrupt the block."""
    del number, frame
    raise TooLongError
