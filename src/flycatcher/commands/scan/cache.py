"""Results of earlier scans, by what was scanned: a file that has not changed is not read again.

A key holds all that a result follows from: the file's bytes and shown path, the options, the configuration, and the product's own
version and program text. Nothing that git or the date tells is kept: history and suppressions are looked at afresh.
"""

from __future__ import annotations

import glob
import hashlib
import os
import sqlite3
from functools import cache
from typing import TYPE_CHECKING

import msgspec

import flycatcher
from flycatcher.core.errors import FlycatcherError
from flycatcher.scanning.finding import FileResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME = "flycatcher-scan.cache"
"""The file in a folder that is given."""
FORMAT = b"3"
MAX_ROWS = 2_000_000
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FileResult)


class Cache:
    """A file of results. What cannot be read is as if it were not there; what cannot be written is not kept."""

    def __init__(self, path: str, settled: str) -> None:
        """Open or make the file; ``path`` may be a folder, ``settled`` is what else results follow from. Raises FlycatcherError."""
        self._path = os.path.join(path, NAME) if os.path.isdir(path) or path.endswith(os.sep) else path
        self._salt = hashlib.blake2b(
            settled.encode("utf-8", "surrogateescape"), key=_version(), digest_size=32
        ).digest()
        self.known = 0
        self.unwanted: set[str] = set()
        """Shown paths of files that are not worth opening, by their names; a scan puts its own here before it is saved."""
        self._fresh: list[tuple[bytes, bytes]] = []
        self._rows = self._load()
        self.passed = self._passed()
        """Those that an earlier scan has put there."""

    def _load(self) -> dict[bytes, bytes]:
        """Return what is kept; what is no cache is put aside."""
        try:
            os.makedirs(os.path.dirname(self._path) or ".", exist_ok=True)
            try:
                return self._rows_of_file()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                os.replace(self._path, self._path + ".broken")  # no cache, or one that a disk has eaten
                return self._rows_of_file()
        except sqlite3.Error as error:
            hint = "give --cache a file or a folder that can be written"
            raise FlycatcherError(f"{self._path}: {error}", hint=hint) from error
        except OSError as error:
            raise FlycatcherError(f"{self._path}: {error.strerror}", hint="give --cache another place") from error

    def _rows_of_file(self) -> dict[bytes, bytes]:
        """Return the rows of the file, which is made where there is none. Raises sqlite3.Error."""
        with sqlite3.connect(self._path) as file:
            file.execute("CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
            return dict(file.execute("SELECT key, value FROM results"))

    @property
    def filled(self) -> bool:
        """Whether an earlier scan has left anything."""
        return bool(self._rows)

    def _passed(self) -> frozenset[str]:
        """Return the paths that an earlier scan with the same options did not open."""
        try:
            return msgspec.msgpack.decode(self._rows.get(self._salt, b"\x90"), type=frozenset[str])
        except msgspec.DecodeError:
            return frozenset()

    def key(self, shown: str, data: bytes) -> bytes:
        """Return the key of a file."""
        digest = hashlib.blake2b(shown.encode("utf-8", "surrogateescape") + b"\0", key=self._salt, digest_size=32)
        digest.update(data)
        return digest.digest()

    def get(self, key: bytes) -> FileResult | None:
        """Return what an earlier scan gave, None where there is none."""
        value = self._rows.get(key)
        try:
            found = _DECODER.decode(value) if value is not None else None
        except msgspec.DecodeError:
            return None
        self.known += found is not None
        return found

    def put(self, key: bytes, result: FileResult) -> None:
        """Keep a result; one with text that is no Unicode is made again the next time."""
        try:
            self._fresh.append((key, _ENCODER.encode(result)))
        except (UnicodeEncodeError, msgspec.ValidationError):
            return

    def taken(self) -> list[tuple[bytes, bytes]]:
        """Return what was kept since the last call: a worker's own, which its parent writes."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def add(self, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Take what a worker has kept."""
        self._fresh.extend(rows)

    def save(self) -> str:
        """Write what is new, and return why it was not written, empty where it was; where the file is full, begin it anew."""
        if self.unwanted != self.passed:
            self._fresh.append((self._salt, _ENCODER.encode(sorted(filter(_is_unicode, self.unwanted)))))
        try:
            with sqlite3.connect(self._path) as file:
                if len(self._rows) + len(self._fresh) > MAX_ROWS:
                    file.execute("DELETE FROM results")
                file.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", self._fresh)
        except sqlite3.Error as error:
            return f"{self._path}: {error}"
        self._fresh = []
        return ""


def _is_unicode(path: str) -> bool:
    """Whether a path can be written down."""
    return path.isascii() or path.encode("utf-8", "replace").decode() == path


@cache
def _version() -> bytes:
    """Return a digest of the version and of the program text: sources that are worked on are another version.

    An installed package has a list of its files with their digests (PEP 376, RECORD), which stays the same wherever and whenever it
    is installed; only what has changed since then is told by size and time.
    """
    package = os.path.dirname(flycatcher.__file__)
    digest = hashlib.blake2b(FORMAT, digest_size=32)
    digest.update(flycatcher.__version__.encode())
    written = 0
    for record in glob.glob(os.path.join(glob.escape(os.path.dirname(package)), "flycatcher-*.dist-info", "RECORD")):
        with open(record, "rb") as file:
            digest.update(file.read())
            written = os.fstat(file.fileno()).st_mtime_ns
    digest.update("\n".join(sorted(_sources(package, written))).encode())
    return digest.digest()


def _sources(folder: str, since: int) -> Iterator[str]:
    """Yield each source below a folder that has changed since a time (nanoseconds), with its size and the time of the change."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.endswith(".py"):
                about = entry.stat()
                if about.st_mtime_ns > since:
                    yield f"{entry.path} {about.st_size} {about.st_mtime_ns}"
            elif "." not in entry.name and entry.is_dir():
                yield from _sources(entry.path, since)
