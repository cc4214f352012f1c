"""Bounds on what is read of one file, and on the time that it may take: hostile text exists for every parser."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIZE_LIMIT = 8 << 20
"""Bytes of a file that are read."""
COMPILED = (
    b"\x7fELF",
    b"!<arch>\n",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\x89PNG",
    b"\xfd7zXZ",
)
"""How compiled files, archives and pictures begin: no interpreter takes them for text."""
SECONDS = 10.0
"""Of processor time, so that a busy machine changes nothing."""
TOO_LONG = "reading it took more than"
"""How the reason begins that a busy machine may give, and a quiet one not."""


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
