"""Logs that grow: read to their ends again and again, over rotations, until a signal ends it."""

from __future__ import annotations

import os
import signal
import threading
from typing import IO, TYPE_CHECKING

from flycatcher.hunt.blocks import SAMPLE, Lines
from flycatcher.hunt.engine import Hunt, Options
from flycatcher.hunt.inputs import STDIN
from flycatcher.hunt.streams import IRREGULAR, open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.commands.hunt.hunt_run import HuntRun
    from flycatcher.hunt.engine import Found
    from flycatcher.sources.logs.engine.format import Format
    from flycatcher.sources.logs.engine.recorded import Lost

_PAUSE = 0.5
"""Seconds between two looks."""
_QUIET = 4
"""Looks without anything new after which an event is taken as it is."""


class Tail:
    """One log: the file that is open, and whether another one has taken its name."""

    def __init__(self, path: str, hunt: Hunt) -> None:
        """Nothing is opened yet: the file may not be there."""
        self._path = path
        self._hunt = hunt
        self._file: IO[bytes] | None = None
        self._lines: Lines | None = None
        self._reader: Format | None = None
        self._quiet = 0
        self._refused = False
        """Whether the name leads to what is no regular file, which is said once."""

    def look(self) -> Iterator[Found | Lost]:
        """Yield what has come since the last look."""
        if self._file is None and not self._open():
            return
        yield from self._new()
        if self._is_replaced():
            yield from self._new()  # what was written between the look and the rotation
            self._close()
            if self._open():
                yield from self._new()

    def _new(self) -> Iterator[Found | Lost]:
        """Yield what is new in the open file."""
        if self._lines is None or self._file is None or (self._reader is None and not self._recognised()):
            return
        before = self._lines.offset
        if self._reader is not None:
            self._reader.log = self._path
            for block in self._lines:
                yield from self._hunt.answered(self._reader.read(block))
                self._hunt.tally.bytes += len(block.data)
            self._quiet = 0 if self._lines.offset != before else self._quiet + 1
            if self._quiet == _QUIET:
                yield from self._hunt.answered(self._reader.idle())

    def _recognised(self) -> bool:
        """Whether the file has told its format by now."""
        if self._file is None:
            return False
        at = self._file.tell()
        self._file.seek(0)
        sample = self._file.read(SAMPLE)
        self._file.seek(at)
        self._reader = self._hunt.reader(sample, self._path) if sample else None
        return self._reader is not None

    def _open(self) -> bool:
        """Open the file that has the name now; return whether there is one."""
        try:
            self._file = open_regular(self._path)
        except OSError:
            return False
        if self._file is None:
            if not self._refused:
                self._hunt.problem(self._path, IRREGULAR)
            self._refused = True
            return False
        self._refused = False
        self._hunt.tally.logs += 1
        self._lines = Lines(self._file, lambda text: self._hunt.problem(self._path, text), grows=True)
        return True

    def _is_replaced(self) -> bool:
        """Whether the name leads to another file by now, or the file was cut off."""
        if self._file is None or self._lines is None:
            return False
        try:
            now, own = os.stat(self._path), os.fstat(self._file.fileno())
        except OSError:
            return False
        return (now.st_dev, now.st_ino) != (own.st_dev, own.st_ino) or own.st_size < self._lines.offset

    def _close(self) -> None:
        """Leave the file."""
        if self._file is not None:
            self._file.close()
        self._file = self._lines = None

    def end(self) -> Iterator[Found | Lost]:
        """Yield what still waited, and leave the file."""
        if self._reader is not None:
            yield from self._hunt.answered(self._reader.end())
        self._close()


def follow(run: HuntRun, options: Options, paths: Sequence[str]) -> None:
    """Report what comes, until SIGINT or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    hunt = Hunt(options)
    tails = [Tail(path, hunt) for path in paths if path != STDIN]
    while not stop.is_set():
        for tail in tails:
            run.take(tail.look())
            run.take(hunt.said())
        stop.wait(_PAUSE)
    for tail in tails:
        run.take(tail.end())
    run.tally.add(hunt.tally)
