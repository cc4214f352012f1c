"""A file with a message a line, rotated by size and by time, old ones compressed; delivered once the kernel has it, or the disk."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar
from urllib.parse import unquote

from msgspec import Struct

from flycatcher.sinks.message import Unavailable
from flycatcher.sinks.transports.files import write_all
from flycatcher.sinks.transports.place import PRIVATE, open_for_writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message


class File:
    """``to = "file:/var/log/flycatcher/events.jsonl"``."""

    schemes: ClassVar = ("file",)
    format: ClassVar = "flycatcher"
    most: ClassVar = 1000
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        max_bytes: int = 100 << 20
        """Size from which on the file is rotated; 0: never."""
        max_age: int = 0
        """Seconds after which the file is rotated; 0: never."""
        keep: int = 10
        """Rotated files that are kept."""
        gzip: bool = True
        """Whether rotated files are compressed."""
        fsync: bool = False
        """Whether the disk is waited for after each batch."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is opened yet."""
        self._path = unquote(destination.to.partition(":")[2])
        if self._path.startswith("//"):
            self._path = "/" + self._path.lstrip("/")
        self._options = options
        self._handle: IO[bytes] | None = None

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Append all, in one write. A line that a power cut has torn is ended first."""
        data = b"".join(message.body.rstrip(b"\n") + b"\n" for message in messages)
        try:
            handle = self._opened()
            write_all(handle, data)
            if self._options.fsync:
                os.fsync(handle.fileno())
        except OSError as error:
            self.close()
            raise Unavailable(f"{self._path}: {error.strerror}") from error
        return {}

    def _opened(self) -> IO[bytes]:
        """Return the file, rotated if it is time, anew if somebody else has moved it."""
        if self._handle is None or self._moved(self._handle):
            self.close()
            self._handle = open_for_writing(self._path, append=True, mode=PRIVATE)
            self._end_torn_line(self._handle)
        found = os.fstat(self._handle.fileno())
        sizes = self._options.max_bytes and found.st_size >= self._options.max_bytes
        ages = self._options.max_age and found.st_size and self._age() >= self._options.max_age
        if sizes or ages:
            self.close()
            self._rotate()
            self._handle = open_for_writing(self._path, append=True, mode=PRIVATE)
        return self._handle

    def _moved(self, handle: IO[bytes]) -> bool:
        try:
            return not os.path.samestat(os.fstat(handle.fileno()), Path(self._path).stat())
        except FileNotFoundError:
            return True

    @staticmethod
    def _end_torn_line(handle: IO[bytes]) -> None:
        size = os.fstat(handle.fileno()).st_size
        if size and os.pread(handle.fileno(), 1, size - 1) != b"\n":
            write_all(handle, b"\n")

    def _age(self) -> float:
        """Return the seconds since the newest rotated file was made, or since this one was last changed from outside."""
        older = self._older()
        begun = older[-1].stat().st_mtime if older else Path(self._path).stat().st_ctime
        return time.time() - begun

    def _older(self) -> list[Path]:
        path = Path(self._path)
        return sorted(path.parent.glob(f"{path.name}.[0-9]*"))

    def _rotate(self) -> None:
        """Move the file aside under the time's name, compress it, and delete the oldest ones."""
        path = Path(self._path)
        now, part = divmod(time.time_ns(), 1_000_000_000)
        moved = path.with_name(f"{path.name}.{time.strftime('%Y%m%dT%H%M%S', time.gmtime(now))}-{part:09d}")
        path.rename(moved)
        if self._options.gzip:
            with moved.open("rb") as plain, gzip.open(f"{moved}.gz", "wb") as packed:
                shutil.copyfileobj(plain, packed)
            Path(f"{moved}.gz").chmod(PRIVATE)
            moved.unlink()
        for old in self._older()[: -self._options.keep or None]:
            old.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._handle is not None:
            self._handle.close()
        self._handle = None


TRANSPORT = File
