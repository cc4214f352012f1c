"""A line on a terminal while logs are read: how much, how fast, how long still."""

from __future__ import annotations

import sys
import time

from flycatcher.layout import REWRITTEN, rewritten

_EVERY = 0.2
"""Seconds between two looks of the line."""


class Progress:
    """Draws the line; does nothing where stderr is no terminal."""

    def __init__(self, total: int, *, shows: bool) -> None:
        """``total``: bytes on the disk; 0 where that is not known."""
        self._total, self._shows = total, shows
        self._done = 0
        self._began = self._drawn = time.monotonic()

    def __call__(self, size: int) -> None:
        """Count bytes that were read."""
        self._done += size
        now = time.monotonic()
        if self._shows and now - self._drawn >= _EVERY:
            self._drawn = now
            sys.stderr.write(rewritten(self.line(now - self._began), sys.stderr))
            sys.stderr.flush()

    def line(self, seconds: float) -> str:
        """Return the line after so many seconds."""
        rate = self._done / seconds if seconds > 0 else 0.0
        said = f"flycatcher: {self._done / 1e6:,.0f} MB, {rate / 1e6:,.0f} MB/s"
        if self._total > self._done and rate:
            said += f", {100 * self._done // self._total} %, {(self._total - self._done) / rate:,.0f} s left"
        return said

    def end(self) -> None:
        """Take the line away."""
        if self._shows:
            sys.stderr.write(REWRITTEN)
            sys.stderr.flush()
