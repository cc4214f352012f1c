"""One hunt: logs in, detections and losses out, in the order of the logs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from flycatcher.core.detection import Detection
from flycatcher.hunt.ask import Ask
from flycatcher.hunt.blocks import Lines, blocks, sampled
from flycatcher.hunt.inputs import STDIN, Series
from flycatcher.hunt.streams import Opened, Rows, Whole, opened, opened_bytes
from flycatcher.sources.logs.engine.format import Format, Shared
from flycatcher.sources.logs.engine.recognise import Mixed, by_name, recognise
from flycatcher.sources.logs.engine.recorded import Block, Lost, Recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flycatcher.core.execution import Execution


_UNKNOWN = "no format is recognised: --from names one"


class Options(Struct, frozen=True, kw_only=True):
    """What a hunt looks for."""

    form: str = ""
    """The format of all logs; empty: recognised by content."""
    shells: bool = False
    since: float = 0.0
    until: float = 0.0
    """Seconds since 1970; 0 for no limit. What has no time is kept."""
    hosts: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()

    def wants(self, recorded: Recorded) -> bool:
        """Whether a record lies within the limits."""
        if recorded.time and (recorded.time < self.since or (self.until and recorded.time > self.until)):
            return False
        if self.hosts and recorded.host not in self.hosts:
            return False
        return not self.users or bool(self.users & _users(recorded))


def _users(recorded: Recorded) -> set[str]:
    """Return every name and number of the users that a record names."""
    process, context = recorded.execution.process, recorded.execution.context
    names = {
        recorded.user,
        context.get("user.name", ""),
        context.get("user.login", ""),
        context.get("user.effective", ""),
    }
    return names | ({str(process.uid)} if process is not None and process.uid is not None else set())


class End(NamedTuple):
    """Where a file ended, or where it is to be read again from: an event may not have been complete."""

    size: int
    byte: int
    number: int


def _of_a_row(execution: Execution) -> Execution:
    """Return a start without a place in bytes, which a row of a table does not have."""
    fidelity = execution.fidelity
    return execution if fidelity is None else replace(execution, fidelity=replace(fidelity, byte=0))


class Found(Struct):
    """A detection, and where and when it was."""

    detection: Detection
    host: str = ""
    user: str = ""
    time: float = 0.0


class Tally(Struct):
    """The figures of a hunt."""

    logs: int = 0
    """Files and members of archives that were read."""
    bytes: int = 0
    """Of them, unpacked."""
    unread: int = 0
    """Files and members in which no format was recognised."""
    formats: dict[str, int] = {}
    counts: dict[str, int] = {}
    """What the readers counted: ``starts``, ``failed``, ``incomplete``, ``records not read``."""

    def add(self, other: Tally) -> None:
        """Add another one's figures."""
        self.logs, self.bytes, self.unread = (
            self.logs + other.logs,
            self.bytes + other.bytes,
            self.unread + other.unread,
        )
        for mine, theirs in ((self.formats, other.formats), (self.counts, other.counts)):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count


class Hunt:
    """Reads logs one after the other, in one process."""

    def __init__(self, options: Options, *, progress: Callable[[int], None] | None = None) -> None:
        """``progress`` is called with the number of bytes that were read since it was called last."""
        self.options = options
        self.shared = Shared()
        self.tally = Tally(counts=self.shared.counts)
        self._ask = Ask(self.shared, shells=options.shells)
        self._progress = progress
        self._problems: list[Lost] = []
        self._rows = False
        """Whether what is read are rows of a table."""
        self.ends: dict[str, End] = {}
        """Where :meth:`grown` has come to the end of each file."""

    def hunt(self, logs: Iterable[Series]) -> Iterator[Found | Lost]:
        """Yield what is found in logs."""
        for log in logs:
            yield from self.one(log)

    def one(self, log: Series) -> Iterator[Found | Lost]:
        """Yield what is found in one log, whatever other logs have told: so it is the same in whichever process reads it."""
        return self.read(stream for path in log.paths for stream in self._streams(path))

    def read(self, streams: Iterable[Opened | Rows | Whole]) -> Iterator[Found | Lost]:
        """Yield what is found in the streams of one log."""
        self._begin()
        reader: Format | None = None
        for stream in self._unpacked(streams):
            if stream.packed and "!" in stream.name and reader is not None:
                yield from self._ended(reader)
                reader = None
            reader, found = self._stream(stream, reader)
            yield from found
            yield from self.said()
        if reader is not None:
            yield from self._ended(reader)
        yield from self.said()

    def _unpacked(self, streams: Iterable[Opened | Rows | Whole]) -> Iterator[Opened | Rows]:
        """Yield streams, of whole files what is in them."""
        for stream in streams:
            if isinstance(stream, Whole):
                yield from opened_bytes(stream.name, stream.data, self._teller(stream.name))
            else:
                yield stream

    def _begin(self) -> None:
        """Forget what other logs have told."""
        self.shared.begin()
        self._ask.forget()

    def grown(self, log: Series, resume: Callable[[str], tuple[int, int] | None]) -> Iterator[Found | Lost]:
        """Yield what is new in a log: ``resume`` gives the byte and the line to go on from, None where nothing is new."""
        self._begin()
        reader: Format | None = None
        for path in log.paths:
            place = resume(path)
            for stream in self._streams(path) if place is not None else ():
                reader, found = self._grown(stream, reader, path, place or (0, 1))
                yield from found
            yield from self.said()
        if reader is not None:
            yield from self._ended(reader)
        yield from self.said()

    def _grown(
        self, stream: Opened, reader: Format | None, path: str, place: tuple[int, int]
    ) -> tuple[Format | None, Iterator[Found | Lost]]:
        """Return the reader of a stream, and what it finds from a place on."""
        told = self._teller(stream.name)
        if stream.packed or path == STDIN:
            self.ends[path] = End(os.stat(path).st_size if path != STDIN else 0, 0, 1)
            return self._stream(stream, None if "!" in stream.name else reader)
        sample, rows = blocks(stream.stream, told)
        if isinstance(rows, Lines):
            stream.stream.seek(place[0])
            rows = Lines(stream.stream, told, number=place[1], offset=place[0], grows=True)
        reader = reader or (self.reader(sample, stream.name) if sample else None)
        if reader is None:
            return None, iter(())
        self.tally.logs += 1
        return reader, self._to_its_end(reader, path, rows)

    def _to_its_end(self, reader: Format, path: str, rows: Iterable[Block]) -> Iterator[Found | Lost]:
        """Yield what is found, and note where the file ended."""
        yield from self._read(reader, path, rows)
        size = rows.offset if isinstance(rows, Lines) else os.stat(path).st_size
        number = rows.number if isinstance(rows, Lines) else 1
        self.ends[path] = End(size, *(reader.resume_at() or (size, number)))

    def _teller(self, name: str) -> Callable[[str], None]:
        """Return what keeps the problems of a stream."""
        return lambda text: self.problem(name, text)

    def _streams(self, path: str) -> Iterable[Opened]:
        """Return the streams that a path leads to."""
        if path == STDIN:
            return [Opened("stdin", sys.stdin.buffer)]
        return opened(path, lambda text: self.problem(path, text))

    def problem(self, log: str, text: str) -> None:
        """Keep what could not be read, to be said."""
        self._problems.append(Lost(text=f"{log}: {text}", place="read"))

    def said(self) -> Iterator[Lost]:
        """Yield what could not be read since this was called last."""
        while self._problems:
            yield self._problems.pop(0)

    def _stream(self, stream: Opened | Rows, reader: Format | None) -> tuple[Format | None, Iterator[Found | Lost]]:
        """Return the reader of a stream, which goes on where the file before it ended, and what it finds."""
        told = self._teller(stream.name)
        sample, rows = sampled(stream.blocks) if isinstance(stream, Rows) else blocks(stream.stream, told)
        if not sample:
            self.tally.logs += 1
            return reader, iter(())
        if reader is None:
            reader = self.reader(sample, stream.name)
        if reader is None:
            self.tally.unread += 1
            if not (stream.packed or b"\0" in sample[:1024]):
                told(_UNKNOWN)
            return None, iter(())
        self.tally.logs += 1
        return reader, self._read(reader, stream.name, rows)

    def reader(self, sample: bytes, name: str) -> Format | None:
        """Return a new reader for a log; None where no format takes it."""
        base = os.path.basename(name.rpartition("!")[2])
        make = by_name(self.options.form) if self.options.form else recognise(sample, base)
        if make is None:
            return None
        reader = make(self.shared, name)
        title = reader.name or "mixed"
        self.tally.formats[title] = self.tally.formats.get(title, 0) + 1
        return reader

    def _read(self, reader: Format, name: str, rows: Iterable[Block]) -> Iterator[Found | Lost]:
        """Yield what a reader finds in blocks."""
        reader.log = name
        for block in rows:
            self._rows = block.rows
            yield from self.answered(reader.read(block))
            self.tally.bytes += len(block.data)
            if self._progress is not None:
                self._progress(len(block.data))

    def _ended(self, reader: Format) -> Iterator[Found | Lost]:
        """Yield what a reader has left; of a log in which no line was known, that it was not read."""
        yield from self.answered(reader.end())
        if isinstance(reader, Mixed) and reader.is_unknown:
            tally = self.tally
            tally.logs, tally.unread, tally.formats["mixed"] = (
                tally.logs - 1,
                tally.unread + 1,
                tally.formats["mixed"] - 1,
            )
            if "!" not in reader.log:
                self.problem(reader.log, _UNKNOWN)

    def answered(self, records: Iterable[Recorded | Lost]) -> Iterator[Found | Lost]:
        """Yield the detections in records, and what was lost, within the limits of the options."""
        options = self.options
        for record in records:
            if isinstance(record, Lost):
                if not self._beyond(record):
                    yield record
                continue
            if not options.wants(record):
                continue
            if self._rows:
                record.execution = _of_a_row(record.execution)
            for detection in self._ask.detections(record):
                yield Found(detection, record.host, record.user, record.time)

    def _beyond(self, lost: Lost) -> bool:
        """Whether a loss lies outside of the limits."""
        options = self.options
        if lost.time and (lost.time < options.since or (options.until and (lost.since or lost.time) > options.until)):
            return True
        return bool(options.hosts and lost.host and lost.host not in options.hosts)
