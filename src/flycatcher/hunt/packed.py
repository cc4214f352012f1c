"""What is in packed files: compressed streams, members of archives, archives in archives. Nothing is written to a disk.

A stream that grows out of all proportion is cut off, and that is said.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from contextlib import closing, contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

from flycatcher.core.errors import FlycatcherError
from flycatcher.hunt.streams import Opened, extra, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FREE = 256 << 20
"""Bytes that may come out of a packed stream whatever its size."""
RATIO = 250
"""Beyond that, how many times larger than itself a packed stream may be."""
MEMBERS = 100_000
"""Members of one archive that are read."""
NESTED = 3
"""Archives in archives."""
IN_MEMORY = 1 << 30
"""Bytes of a 7z archive, which is unpacked as a whole."""
ERRORS = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    RuntimeError,
    ValueError,
    NotImplementedError,
)
"""What the readers of packed files raise where one is broken, encrypted or of a kind that they do not know."""


class BoundedStream(io.RawIOBase):
    """A stream out of a packed one, which ends where it grows out of all proportion."""

    def __init__(self, inner: IO[bytes], size: int, told: Callable[[str], None]) -> None:
        """``size``: bytes of the packed stream; ``told`` is called where it is cut off or broken."""
        self._read = getattr(inner, "read1", inner.read)
        """What is there: a stream that is cut off would take with it what was unpacked before."""
        self._room = max(FREE, size * RATIO)
        self._told = told

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: Any) -> int:  # noqa: ANN401 - a buffer
        """Fill a buffer; with nothing at the end, and where the stream is broken or too large."""
        data = self._more(len(into))
        into[: len(data)] = data
        return len(data)

    def _more(self, wanted: int) -> bytes:
        """Return the next bytes."""
        if self._room <= 0:
            self._end(f"unpacks to more than {RATIO} times its size: the rest was not read")
        try:
            data: bytes = self._read(min(wanted, max(self._room, 1)))
        except ERRORS as error:
            self._end(f"broken: {error}")
            return b""
        self._room -= len(data)
        return data

    def _end(self, why: str) -> None:
        """Say why nothing more comes."""
        self._told(why)
        self._read, self._room = io.BytesIO().read, 1


def unpacked(given: Opened, size: int, told: Callable[[str], None], depth: int) -> Iterator[Opened]:
    """Yield the streams in a stream; itself where it is not packed."""
    magic = given.stream.read(512)
    given.stream.seek(0)
    kind = kind_of(magic)
    if kind == "":
        yield given
        return
    if depth > NESTED:
        told(f"{given.name}: archives in archives beyond {NESTED} are not read")
        return
    try:
        if kind in _ARCHIVES:
            for member in _ARCHIVES[kind](given, size, told):
                yield from _again(member, size, told, depth)
            return
        inner = _COMPRESSED[kind](given.stream)
    except FlycatcherError as error:
        told(f"{error}: {error.hint}")
        return
    except ERRORS as error:
        told(f"{given.name}: broken: {error}")
        return
    stream = Opened(given.name, _bounded(inner, size, _named(told, given.name)), packed=True)
    yield from _again(stream, size, told, depth)


def _again(member: Opened, size: int, told: Callable[[str], None], depth: int) -> Iterator[Opened]:
    """Yield what is in an unpacked stream, which may be packed again (``.tar.gz``, a zip of ``.log.gz``)."""
    raw: Any = member.stream
    buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw, 1 << 16)
    kind = kind_of(buffered.peek(512)[:512])
    if kind == "":
        yield Opened(member.name, buffered, packed=True)
    elif kind == "tar" and depth < NESTED:
        for inner_member in _tar(Opened(member.name, buffered), size, told):
            yield from _again(inner_member, size, told, depth + 1)
    elif kind in _COMPRESSED and depth < NESTED:
        try:
            inner = _COMPRESSED[kind](buffered)
        except FlycatcherError as error:
            told(f"{error}: {error.hint}")
            return
        stream = _bounded(inner, size, _named(told, member.name))
        yield from _again(Opened(member.name, stream, packed=True), size, told, depth + 1)
    else:
        data = buffered.read(FREE + 1)
        if len(data) > FREE:
            told(f"{member.name}: an archive within an archive of more than {FREE >> 20} MiB is not read")
            return
        yield from unpacked(Opened(member.name, io.BytesIO(data), packed=True), len(data), told, depth + 1)


def _named(told: Callable[[str], None], name: str) -> Callable[[str], None]:
    """Return what says something of one member."""
    return lambda text: told(f"{name}: {text}")


def _bounded(inner: IO[bytes], size: int, told: Callable[[str], None]) -> IO[bytes]:
    """Return a stream that ends where it grows out of all proportion."""
    return io.BufferedReader(BoundedStream(inner, size, told), 1 << 20)


def _zip(given: Opened, size: int, told: Callable[[str], None]) -> Iterator[Opened]:
    """Yield the members of a zip archive; their names are names and lead nowhere."""
    del size
    with zipfile.ZipFile(given.stream) as archive:
        for member in archive.infolist()[:MEMBERS]:
            if member.is_dir():
                continue
            name = f"{given.name}!{member.filename}"
            with archive.open(member) as inner:
                yield Opened(name, _bounded(inner, member.compress_size, _named(told, name)))


def _tar(given: Opened, size: int, told: Callable[[str], None]) -> Iterator[Opened]:
    """Yield the regular members of a tar archive; links are not followed."""
    del size, told
    with tarfile.open(fileobj=given.stream, mode="r|") as archive:
        for number, member in enumerate(archive):
            if number >= MEMBERS:
                return
            inner = archive.extractfile(member) if member.isreg() else None
            if inner is not None:
                with closing(inner):
                    yield Opened(f"{given.name}!{member.name}", inner)


def _seven_zip(given: Opened, size: int, told: Callable[[str], None]) -> Iterator[Opened]:
    """Yield the members of a 7z archive, which is unpacked into memory."""
    del size
    py7zr: Any = extra("py7zr", given.name)
    with _no_7z(py7zr), py7zr.SevenZipFile(given.stream) as archive:
        whole = archive.archiveinfo().uncompressed or 0
        if whole > IN_MEMORY:
            told(f"{given.name}: unpacks to more than {IN_MEMORY >> 20} MiB: not read")
            return
        factory = py7zr.io.BytesIOFactory(IN_MEMORY)
        archive.extractall(factory=factory)  # noqa: S202 - into memory
        for name, member in factory.products.items():
            member.seek(0)
            yield Opened(f"{given.name}!{name}", io.BytesIO(member.read()))


@contextmanager
def _no_7z(py7zr: Any) -> Iterator[None]:  # noqa: ANN401 - a module
    """Turn py7zr's own errors into one that is expected."""
    try:
        yield
    except py7zr.exceptions.ArchiveError as error:
        raise ValueError(str(error)) from error


def _gzip(stream: IO[bytes]) -> IO[bytes]:
    """Return what is in a stream of gzip."""
    reader: Any = gzip.GzipFile(fileobj=stream)
    return cast("IO[bytes]", reader)


def _zstd(stream: IO[bytes]) -> IO[bytes]:
    """Return what is in a stream of Zstandard."""
    zstandard: Any = extra("zstandard", "zst")
    reader: IO[bytes] = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
        stream, read_across_frames=True
    )
    return reader


def _lz4(stream: IO[bytes]) -> IO[bytes]:
    """Return what is in a stream of LZ4 frames."""
    frame: Any = extra("lz4.frame", "lz4")
    reader: IO[bytes] = frame.open(stream)
    return reader


_COMPRESSED: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
    "gzip": _gzip,
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
    "zstd": _zstd,
    "lz4": _lz4,
}
_ARCHIVES: dict[str, Callable[[Opened, int, Callable[[str], None]], Iterator[Opened]]] = {
    "zip": _zip,
    "tar": _tar,
    "7z": _seven_zip,
}
