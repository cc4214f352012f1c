"""From a stream to blocks of lines, whatever it holds: lines, JSON documents, CSV, Parquet, Arrow."""

from __future__ import annotations

import io
import json
import re
from itertools import chain
from typing import IO, TYPE_CHECKING, Any

from flycatcher.core.errors import FlycatcherError
from flycatcher.hunt.streams import extra
from flycatcher.sources.logs.engine.recorded import Block
from flycatcher.sources.logs.engine.rows import decoded, encoded, objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SIZE = 1 << 20
"""Bytes of a block, if no line is longer."""
LONGEST = 1 << 24
"""Bytes of a line that are read."""
DOCUMENT = 1 << 28
"""Bytes of a JSON document that is not one of lines; of Parquet and Arrow out of an archive."""
SAMPLE = 1 << 18
ROWS = 4096
"""Of Parquet that are read at a time."""
_SPACES = b" \t\r\n"
_BEGIN = re.compile(rb'\{|\[\s*(?:[{\["\]]|$)')
"""How a JSON document begins; a number in brackets is a time of the kernel's ring buffer."""


class Lines:
    """Cuts a stream into blocks of whole lines."""

    def __init__(  # noqa: PLR0913 - where it goes on
        self,
        stream: IO[bytes],
        told: Callable[[str], None],
        *,
        head: bytes = b"",
        number: int = 1,
        offset: int = 0,
        grows: bool = False,
    ) -> None:
        """``head``: bytes that were read before; ``told`` is called where a line is too long.

        ``grows``: a last line without a newline waits until it has one.
        """
        self._stream = stream
        self._told = told
        self._rest = head
        self._grows = grows
        self.number, self.offset = number, offset
        """Of what comes next."""

    def __iter__(self) -> Iterator[Block]:
        """Yield the blocks; the last one may end without a newline."""
        while data := self._stream.read(SIZE):
            self._rest += data
            cut = self._rest.rfind(b"\n") + 1
            if cut:
                yield self._block(self._rest[:cut])
                self._rest = self._rest[cut:]
            elif len(self._rest) > LONGEST:
                yield from self._long_line()
        if self._rest and not self._grows:
            yield self._block(self._rest)
            self._rest = b""

    def _block(self, data: bytes) -> Block:
        """Return a block, and count its lines."""
        block = Block(data, self.number, self.offset)
        self.number += data.count(b"\n")
        self.offset += len(data)
        return block

    def _long_line(self) -> Iterator[Block]:
        """Yield the beginning of a line that is too long; its rest is passed over."""
        self._told(f"line {self.number} is longer than {LONGEST >> 20} MiB: its rest was not read")
        begin, passed = self._rest[:LONGEST], len(self._rest) - LONGEST
        yield Block(begin, self.number, self.offset)
        self._rest = b""
        while data := self._stream.read(SIZE):
            cut = data.find(b"\n") + 1
            if cut:
                self._rest, passed = data[cut:], passed + cut
                break
            passed += len(data)
        self.number += 1
        self.offset += LONGEST + passed


def blocks(stream: IO[bytes], told: Callable[[str], None]) -> tuple[bytes, Iterable[Block]]:
    """Return a sample of a stream, as lines, and its blocks."""
    head = _filled(stream, SAMPLE)
    if head.startswith((b"PAR1", b"ARROW1\0\0")):
        return sampled(_columns(stream, head, told))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        recoded = io.BytesIO((head + stream.read(DOCUMENT)).decode("utf-16", "replace").encode())
        return blocks(recoded, told)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(_SPACES)
    if _BEGIN.match(start) and not _is_lines(start, whole=len(head) < SAMPLE):
        return sampled(_document(stream, head, told))
    if _is_table(head):
        return sampled(_table(stream, head, told))
    return head, Lines(stream, told, head=head)


def is_lines(head: bytes, *, whole: bool) -> bool:
    """Whether what begins with these bytes is lines, as they stand; ``whole``: these bytes are all."""
    if head.startswith((b"PAR1", b"ARROW1\0\0", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return False
    start = head.lstrip(_SPACES)
    return not (_BEGIN.match(start) and not _is_lines(start, whole=whole)) and not _is_table(head)


def _filled(stream: IO[bytes], size: int) -> bytes:
    """Return the first bytes of a stream, as many as there are."""
    parts, wanted = [], size
    while wanted and (data := stream.read(wanted)):
        parts.append(data)
        wanted -= len(data)
    return b"".join(parts)


def sampled(rows: Iterable[Block]) -> tuple[bytes, Iterable[Block]]:
    """Return the first bytes of blocks as a sample, and all blocks."""
    them, first, size = iter(rows), [], 0
    for block in them:
        first.append(block)
        size += len(block.data)
        if size >= SAMPLE:
            break
    return b"".join(block.data for block in first)[:SAMPLE], chain(first, them)


def _is_lines(start: bytes, *, whole: bool) -> bool:
    """Whether a text that begins with a bracket has one JSON object in each line."""
    line, _, rest = start.partition(b"\n")
    if start[:1] == b"[":
        return False
    if not rest and not whole:
        return True
    value = decoded(line.strip())
    return isinstance(value, dict) and (bool(rest.strip()) or list(objects(value)) == [value])


def _document(stream: IO[bytes], head: bytes, told: Callable[[str], None]) -> Iterator[Block]:
    """Yield the rows of a JSON document, or of several that follow each other, one a line."""
    data = head + stream.read(DOCUMENT - len(head))
    if len(data) >= DOCUMENT:
        told(f"a JSON document of more than {DOCUMENT >> 20} MiB is read up to there")
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    decoder, at, found = json.JSONDecoder(), 0, 0
    parts: list[bytes] = []
    while at < len(text):
        while at < len(text) and text[at] in " \t\r\n,\0":
            at += 1
        try:
            value, end = decoder.raw_decode(text, at) if at < len(text) else (None, at)
        except (ValueError, RecursionError):
            told(f"not JSON from character {at + 1} on")
            break
        for row in objects(value):
            parts.append(encoded(row))
            found += 1
        at = end
    if parts:
        yield Block(b"".join(parts), 1, 0)


def _is_table(head: bytes) -> bool:
    """Whether a text is CSV with one of the columns that a log's table has."""
    line = head[:8192].partition(b"\n")[0].removeprefix(b"\xef\xbb\xbf")
    if line.count(b",") < 2 or b"{" in line or b"=" in line:
        return False
    names = {name.strip(b' "\r').lower() for name in line.split(b",")}
    return bool(names & _NAMES)


_NAMES = {
    b"processcommandline", b"syslogmessage", b"process", b"cmdline", b"process.command_line", b"process.args", b"_raw", b"message",
    b"cmd_line", b"processes.process", b"commandline", b"full_log", b"event.original",
}  # fmt: skip


def _table(stream: IO[bytes], head: bytes, told: Callable[[str], None]) -> Iterator[Block]:
    """Yield the rows of CSV as lines of JSON."""
    import csv  # noqa: PLC0415 - few logs are tables

    csv.field_size_limit(LONGEST)
    joined = io.BufferedReader(_Joined(head, stream), 1 << 20)
    text = io.TextIOWrapper(joined, encoding="utf-8-sig", errors="surrogateescape", newline="")
    parts: list[bytes] = []
    reader, size, number = csv.DictReader(text), 0, 2
    first = number
    try:
        for row in reader:
            parts.append(
                encoded({name: value for name, value in row.items() if name and isinstance(value, str) and value})
            )
            size += len(parts[-1])
            number += 1
            if size >= SIZE:
                yield Block(b"".join(parts), first, 0)
                parts, size, first = [], 0, number
    except csv.Error as error:
        told(f"row {number}: {error}: the rest was not read")
    if parts:
        yield Block(b"".join(parts), first, 0)


class _Joined(io.RawIOBase):
    """Bytes that were read before, then the stream that they came from."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._head, self._stream = head, stream

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: Any) -> int:  # noqa: ANN401 - a buffer
        """Fill a buffer."""
        size = len(into)
        data, self._head = (self._head[:size], self._head[size:]) if self._head else (self._stream.read(size), b"")
        into[: len(data)] = data
        return len(data)


def _columns(stream: IO[bytes], head: bytes, told: Callable[[str], None]) -> Iterator[Block]:
    """Yield the lines, or the rows as lines of JSON, of Parquet or Arrow."""
    parquet = head.startswith(b"PAR1")
    try:
        module: Any = extra("pyarrow.parquet" if parquet else "pyarrow", "Parquet" if parquet else "Arrow")
    except FlycatcherError as error:
        told(f"{error}: {error.hint}")
        return
    from flycatcher.hunt.batches import in_blocks  # noqa: PLC0415 - of the extra

    if not stream.seekable():
        data = head + stream.read(DOCUMENT - len(head))
        if len(data) >= DOCUMENT:
            told(f"more than {DOCUMENT >> 20} MiB of a packed Parquet or Arrow file: not read")
            return
        stream = io.BytesIO(data)
    stream.seek(0)
    try:
        batches = module.ParquetFile(stream).iter_batches(batch_size=ROWS) if parquet else _arrow(module, stream)
        yield from in_blocks(batches)
    except (OSError, ValueError) as error:  # pyarrow's own are of these
        told(f"broken: {error}")


def _arrow(pyarrow: Any, stream: IO[bytes]) -> Iterator[Any]:  # noqa: ANN401 - pyarrow's own
    """Yield the batches of an Arrow file."""
    reader = pyarrow.ipc.open_file(stream)
    for number in range(reader.num_record_batches):
        yield reader.get_batch(number)
