"""Which format is this log? Each line of a sample goes to the format that takes it; several formats may share a log.

What the sample does not show may come later: where lines of it are syslog's, or JSON objects that no format takes, the formats that
know their lines one by one are asked again for each such line.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from flycatcher.sources.logs import formats
from flycatcher.sources.logs.ci_log import CiLog
from flycatcher.sources.logs.engine.format import Format, Shared
from flycatcher.sources.logs.engine.jsonrows import JsonFormat
from flycatcher.sources.logs.engine.rows import row_of
from flycatcher.sources.logs.history import History
from flycatcher.sources.logs.syslog import is_syslog

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

    def __init__(self, kinds: Sequence[type[Format]], shared: Shared, log: str = "", *, late: bool = False) -> None:
        """``kinds``: the most particular first; ``late``: others may come later."""
        super().__init__(shared, log)
        self._readers = [kind(shared, log) for kind in kinds]
        self._late = late

    @property
    def is_unknown(self) -> bool:
        """Whether no line of any format has come."""
        return not self._readers

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Hand a line on."""
        reader = next((reader for reader in self._readers if reader.takes(line)), None)
        if reader is None and self._late:
            reader = self._newcomer(line)
        if reader is not None:
            reader.log = self.log
            yield from reader.line(line, number, offset)

    def _newcomer(self, line: bytes) -> Format | None:
        """Return the reader of a line that none of those so far takes, where a format knows it."""
        kind = _kind_of(line)
        if kind is None:
            return None
        reader = kind(self.shared, self.log)
        self._readers = sorted((*self._readers, reader), key=lambda each: -each.rank)
        return reader

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
    found, others, strangers = _counted(sample)
    if by_name is not None and (not found or issubclass(next(iter(found)), History)):
        own = next((kind for kind in found if issubclass(kind, History)), by_name)
        return own if by_name.console == own.console else by_name
    kinds = sorted(found, key=lambda kind: -kind.rank)
    kinds = [kind for kind in kinds if kind.together][:1] or kinds
    if len(kinds) > 1 and any(issubclass(kind, History) for kind in kinds):
        # where a format of its own has all lines but a few, the others are what its texts happen to hold
        kinds = [found.most_common(1)[0][0]]
    late = strangers > others and all(map(_is_alone, kinds))
    if len(kinds) == 1 and not late:
        return kinds[0]
    return partial(Mixed, tuple(kinds), late=late) if kinds or late else None


def _is_alone(kind: type[Format]) -> bool:
    """Whether a line of a format can be known, and read, without the lines around it."""
    return not (kind.together or issubclass(kind, History | CiLog))


def _kind_of(line: bytes) -> type[Format] | None:
    """Return the format that takes a line by itself; None for none."""
    row = row_of(line) if b"{" in line else None
    for kind in formats().values():
        if not _is_alone(kind):
            continue
        if issubclass(kind, JsonFormat) and kind.takes.__func__ is JsonFormat.takes.__func__:  # type: ignore[attr-defined]
            if row is not None and kind.takes_row(row):
                return kind
        elif kind.takes(line):
            return kind
    return None


def _counted(sample: bytes) -> tuple[Counter[type[Format]], int, int]:
    """Return how many lines of a sample each format takes, and how many of the others are neither syslog's nor rows, or are."""
    lines = sample[:SAMPLE].split(b"\n")
    if len(lines) > 1 and len(sample) >= SAMPLE:
        lines.pop()
    step = max(1, len(lines) // _LINES)
    found: Counter[type[Format]] = Counter()
    order, others, strangers = list(formats().values()), 0, 0
    for line in (*lines[:_LINES], *lines[_LINES::step]):
        if not line.strip(b"\0 \r"):
            continue
        kind = next((each for each in order if each.takes(line)), None)
        if kind is not None:
            found[kind] += 1
        elif is_syslog(line) or (line.lstrip()[:1] == b"{" and row_of(line) is not None):
            strangers += 1
        else:
            others += 1
    return found, others, strangers


def by_name(name: str) -> Maker:
    """Return what makes the reader of a format; raises KeyError."""
    return formats()[name]
