"""Which format is this log? Each line of a sample goes to the format that takes it; several formats may share a log."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from flycatcher.sources.logs import formats
from flycatcher.sources.logs.engine.format import Format, Shared
from flycatcher.sources.logs.history import History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flycatcher.sources.logs.engine.recorded import Lost, Recorded

    Maker = Callable[[Shared, str], Format]

SAMPLE = 1 << 18
"""Bytes of a log that are looked at."""
_LINES = 400
"""Lines of them."""


class Mixed(Format):
    """A log that several formats share, such as /var/log/syslog: each line goes to the first that takes it."""

    def __init__(self, kinds: Sequence[type[Format]], shared: Shared, log: str = "") -> None:
        """``kinds``: the most particular first."""
        super().__init__(shared, log)
        self._readers = [kind(shared, log) for kind in kinds]

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Hand a line on."""
        for reader in self._readers:
            if reader.takes(line):
                reader.log = self.log
                yield from reader.line(line, number, offset)
                return

    def idle(self) -> Iterable[Recorded | Lost]:
        """Yield what the readers wait for."""
        for reader in self._readers:
            yield from reader.idle()

    def end(self) -> Iterable[Recorded | Lost]:
        """Yield what the readers have left."""
        for reader in self._readers:
            yield from reader.end()

    def resume_at(self) -> tuple[int, int] | None:
        """Return the byte and the line where the earliest record begins that waits for others."""
        places = [place for reader in self._readers if (place := reader.resume_at()) is not None]
        return min(places, default=None)


def recognise(sample: bytes, name: str = "") -> Maker | None:
    """Return what makes the reader of a log that begins with these bytes; None where no format takes it.

    ``name``: its base name, which decides for histories that have no form of their own.
    """
    by_name = next((kind for kind in formats().values() if issubclass(kind, History) and kind.takes_name(name)), None)
    found = _counted(sample)
    if by_name is not None and (not found or issubclass(next(iter(found)), History)):
        own = next((kind for kind in found if issubclass(kind, History)), by_name)
        return own if by_name.console == own.console else by_name
    kinds = sorted(found, key=lambda kind: -kind.rank)
    if len(kinds) > 1:
        # where a format of its own has all lines but a few, the others are what its texts happen to hold
        most = found.most_common(1)[0]
        histories = [kind for kind in kinds if issubclass(kind, History)]
        kinds = [most[0]] if histories else kinds
    if not kinds:
        return None
    return kinds[0] if len(kinds) == 1 else partial(Mixed, tuple(kinds))


def _counted(sample: bytes) -> Counter[type[Format]]:
    """Return how many lines of a sample each format takes."""
    lines = sample[:SAMPLE].split(b"\n")
    if len(lines) > 1 and len(sample) >= SAMPLE:
        lines.pop()
    step = max(1, len(lines) // _LINES)
    found: Counter[type[Format]] = Counter()
    order = list(formats().values())
    for line in (*lines[:_LINES], *lines[_LINES::step]):
        if not line.strip(b"\0 \r"):
            continue
        kind = next((each for each in order if each.takes(line)), None)
        if kind is not None:
            found[kind] += 1
    return found


def by_name(name: str) -> Maker:
    """Return what makes the reader of a format; raises KeyError."""
    return formats()[name]
