"""How far logs were read: by device and inode, so that a rotated file is known again; old bytes are not read a second time.

An event whose records had not all come is read again from where it begins; what was reported of it already is not reported twice.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.hunt.engine import Found
from flycatcher.hunt.inputs import STDIN
from flycatcher.hunt.streams import open_regular
from flycatcher.sinks.transports.place import PRIVATE, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flycatcher.hunt.engine import End, Hunt
    from flycatcher.hunt.inputs import Series
    from flycatcher.sources.logs.engine.recorded import Lost

_FILES = 10_000
"""Files that are remembered; those that were not seen for longest are forgotten first."""
_TOLD = 4096


class Place(Struct, kw_only=True):
    """How far one file was read."""

    size: int
    """Bytes that were read, or all of them where the file is packed."""
    modified: int = 0
    begin: str = ""
    """Hash of its first bytes, as inodes are used again."""
    resume: int = 0
    """Where to go on: the end, or the begin of an event that was not complete."""
    number: int = 1
    """Of the line there."""
    told: list[int] = []
    """The places, behind ``resume``, of what was reported."""


class Saved(Struct):
    """A checkpoint's file."""

    schema: str = "flycatcher.checkpoint/1"
    files: dict[str, Place] = {}


class Checkpoint:
    """Goes on where the hunt before has ended, and says where this one has."""

    def __init__(self, path: Path) -> None:
        """Read the file, if there is one. Raises FlycatcherError."""
        self._path = path
        try:
            self._saved = msgspec.json.decode(path.read_bytes(), type=Saved)
        except FileNotFoundError:
            self._saved = Saved()
        except (OSError, msgspec.MsgspecError) as error:
            raise FlycatcherError(f"{path}: not a checkpoint: {error}", hint="delete it to begin anew") from error

    def hunt(self, hunt: Hunt, logs: Iterable[Series]) -> Iterator[Found | Lost]:
        """Yield what is new in the logs, and save how far they were read."""
        for log in logs:
            yield from self._log(hunt, log)
        while len(self._saved.files) > _FILES:
            del self._saved.files[next(iter(self._saved.files))]
        try:
            replace_file(str(self._path), msgspec.json.encode(self._saved), None, mode=PRIVATE)
        except OSError as error:
            raise FlycatcherError(f"{self._path}: {error.strerror}", hint="the checkpoint cannot be saved") from error

    def _log(self, hunt: Hunt, log: Series) -> Iterator[Found | Lost]:
        """Yield what is new in one log."""
        told: dict[str, list[int]] = {}
        for found in hunt.grown(log, self._resume):
            fidelity = found.detection.execution.fidelity if isinstance(found, Found) else None
            if fidelity is not None:
                before = self._known(fidelity.log)
                if before is not None and fidelity.byte in before.told:
                    continue
                told.setdefault(fidelity.log, []).append(fidelity.byte)
            yield found
        for path, end in hunt.ends.items():
            key = _key(path)
            if key is not None:
                self._keep(path, key, end, told.get(path, []))

    def _keep(self, path: str, key: tuple[str, str], end: End, told: list[int]) -> None:
        """Save how far a file was read."""
        status, begin = key
        before = self._saved.files.pop(status, None)
        known = [*(before.told if before is not None else ()), *told]
        self._saved.files[status] = Place(
            size=end.size,
            modified=_modified(path),
            begin=begin,
            resume=end.byte,
            number=end.number,
            told=[byte for byte in known if byte >= end.byte][-_TOLD:],
        )

    def _known(self, path: str) -> Place | None:
        """Return what is saved of a file."""
        key = _key(path)
        found = self._saved.files.get(key[0]) if key is not None else None
        return found if found is not None and key is not None and found.begin in ("", key[1]) else None

    def _resume(self, path: str) -> tuple[int, int] | None:
        """Return the byte and the line where to go on in a file; (0, 1) for a new one, None where nothing is new."""
        place = self._known(path) if path != STDIN else None
        if place is None:
            return 0, 1
        size = os.stat(path).st_size
        if size < place.size:  # cut off and written anew in place
            return 0, 1
        if size == place.size and place.modified == _modified(path):
            return None
        return place.resume, place.number


def _key(path: str) -> tuple[str, str] | None:
    """Return what names a file whatever it is called, and a hash of how it begins; None where it is gone."""
    import hashlib  # noqa: PLC0415 - only with a checkpoint

    try:
        found = open_regular(path)
        if found is None:
            return None
        with found as file:
            status = os.fstat(file.fileno())
            begin = file.read(256)
    except OSError:
        return None
    if len(begin) < 256:
        return f"{status.st_dev}:{status.st_ino}", ""
    return f"{status.st_dev}:{status.st_ino}", hashlib.sha256(begin).hexdigest()[:16]


def _modified(path: str) -> int:
    """Return when a file was changed, in nanoseconds since 1970."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
