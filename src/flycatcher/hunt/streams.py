"""Bytes out of whatever holds them: plain files here, compressed ones and members of archives by :mod:`.packed`."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.extras import needed
from flycatcher.sources.logs.engine.recorded import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IRREGULAR = "no regular file: not read"


class Opened(Struct):
    """A stream with its name."""

    name: str
    stream: IO[bytes]
    packed: bool = False


class Rows(Struct):
    """Lines that need no stream: a cluster or a notebook hands them over."""

    name: str
    blocks: Iterable[Block]
    packed: bool = False


class Whole(Struct):
    """All that is in a file, as it is: what is packed in it is still to be unpacked."""

    name: str
    data: bytes


def opened(path: str, told: Callable[[str], None]) -> Iterator[Opened]:
    """Yield what is in a file: itself, what is packed in it, or the members of an archive.

    ``told`` is called where something is cut off, broken or not read.
    """
    try:
        found = open_regular(path)
        if found is None:
            told(IRREGULAR)
            return
        with found as raw:
            given = Opened(path, raw)
            magic = raw.read(512)
            raw.seek(0)
            if kind_of(magic):
                from flycatcher.hunt.packed import unpacked  # noqa: PLC0415 - most logs are not packed

                yield from unpacked(given, os.fstat(raw.fileno()).st_size, told, 0)
            else:
                yield given
    except OSError as error:
        told(error.strerror or str(error))


def opened_bytes(name: str, data: bytes, told: Callable[[str], None]) -> Iterator[Opened]:
    """Yield what is in a file whose bytes are here, as :func:`opened` does."""
    given = Opened(name, io.BytesIO(data))
    if kind_of(data[:512]):
        from flycatcher.hunt.packed import unpacked  # noqa: PLC0415 - most logs are not packed

        yield from unpacked(given, len(data), told, 0)
    else:
        yield given


def open_regular(path: str) -> IO[bytes] | None:
    """Open a file without waiting; None where it is a pipe, a device, a socket or a folder. Raises OSError."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        return None
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    raw = os.fdopen(number, "rb", buffering=0)
    if stat.S_ISREG(os.fstat(number).st_mode):
        return raw
    raw.close()
    return None


def kind_of(magic: bytes) -> str:
    """Return how bytes are packed, by how they begin; empty where they are not."""
    for kind, begin in _MAGIC.items():
        if magic.startswith(begin):
            return kind
    return "tar" if magic[257:262] == b"ustar" else ""


_MAGIC = {
    "gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ\0", "zstd": b"\x28\xb5\x2f\xfd", "lz4": b"\x04\x22\x4d\x18",
    "zip": b"PK\x03\x04", "7z": b"7z\xbc\xaf\x27\x1c",
}  # fmt: skip


def extra(module: str, name: str) -> Any:  # noqa: ANN401 - a module
    """Import a module of the extra; raises FlycatcherError where it is not installed."""
    import importlib  # noqa: PLC0415 - only for files that need it

    with needed(module, "hunt", by=name):
        return importlib.import_module(module)
