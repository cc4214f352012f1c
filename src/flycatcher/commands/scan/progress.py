"""The line that a terminal gets while a scan runs: a bar, how many files were read, and what was found in them."""

from __future__ import annotations

import sys
import time
from typing import IO, TYPE_CHECKING

from flycatcher.layout import REWRITTEN, columns, rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from flycatcher.commands.scan.walk import Candidate

EVERY = 0.1
"""Seconds between two lines."""
BAR = 24
"""Columns of the bar."""
NARROW = 72
"""Columns of a terminal from which on there is room for it."""


class Progress:
    """Counts; what is shown is cleared before anything else is printed."""

    def __init__(self, *, shows: bool, stream: IO[str] | None = None) -> None:
        """Begin at nothing; ``shows``: stderr is a terminal that somebody looks at."""
        self._shows = shows
        self._stream = sys.stderr if stream is None else stream
        self._due = 0.0
        self._drawn = False
        self._console: Console | None = None
        self._walking = 0
        self.files = 0
        self.read = 0
        self.findings = 0

    def ahead(self, files: Iterator[Candidate]) -> Iterator[Candidate]:
        """Return the files; where somebody looks, they are all found before the first is read, so that the bar has an end."""
        return iter(self._all(files)) if self._shows else files

    def _all(self, files: Iterable[Candidate]) -> list[Candidate]:
        """Find the files, while the line counts them."""
        self._walking += 1
        found = list(files)
        self._walking -= 1
        return found

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
        width = columns(self._stream)
        if width < NARROW:
            self._stream.write(rewritten(f"flycatcher: {said}", self._stream))
        else:
            said = said[: width - BAR - len("flycatcher:   ")]
            self._stream.write(f"{REWRITTEN}flycatcher: {self._bar()} {said}")
        self._stream.flush()

    def _bar(self) -> str:
        """Return the bar as the terminal can show it; while files are still being looked for, it only moves."""
        from rich.console import Console  # noqa: PLC0415 - for terminals alone
        from rich.progress_bar import ProgressBar  # noqa: PLC0415

        if self._console is None:
            self._console = Console(file=self._stream, highlight=False)
        total = None if self._walking else self.files
        with self._console.capture() as drawn:
            self._console.print(ProgressBar(total, self.read, width=BAR), end="")
        return drawn.get()

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            self._stream.write(REWRITTEN)
            self._stream.flush()
            self._drawn = False
