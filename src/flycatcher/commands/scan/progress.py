"""The line that a terminal gets while a scan runs: how many files were read, and what was found in them."""

from __future__ import annotations

import sys
import time
from typing import IO

from flycatcher.layout import REWRITTEN, rewritten

EVERY = 0.1
"""Seconds between two lines."""


class Progress:
    """Counts; what is shown is cleared before anything else is printed."""

    def __init__(self, *, shows: bool, stream: IO[str] | None = None) -> None:
        """Begin at nothing; ``shows``: stderr is a terminal that somebody looks at."""
        self._shows = shows
        self._stream = sys.stderr if stream is None else stream
        self._due = 0.0
        self._drawn = False
        self.files = 0
        self.read = 0
        self.findings = 0

    def walked(self) -> None:
        """Count a file that was found."""
        self.files += 1
        self._draw()

    def done(self, count: int) -> None:
        """Count files that were read."""
        self.read += count
        self._draw()

    def found(self) -> None:
        """Count a finding."""
        self.findings += 1

    def _draw(self) -> None:
        """Show the counts: at once, then at most ten times a second."""
        if not self._shows or (now := time.monotonic()) < self._due:
            return
        self._due, self._drawn = now + EVERY, True
        said = f"{self.read:,} of {self.files:,} files read, {self.findings:,} finding{'s' * (self.findings != 1)}"
        self._stream.write(rewritten(f"flycatcher: {said}", self._stream))
        self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            self._stream.write(REWRITTEN)
            self._stream.flush()
            self._drawn = False
