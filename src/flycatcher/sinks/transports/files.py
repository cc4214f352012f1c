"""A report's file: opened with the rights of the user it is for, and written unbuffered."""

from __future__ import annotations

import errno
import os
import select
import stat
from contextlib import suppress
from typing import IO

from flycatcher.sinks.transports.place import PRIVATE, SHARED, Owner, identity_of, open_for_writing, replace_file

PATIENCE = 10
"""Seconds that a pipe may stay full."""


class RestoredError(OSError):
    """Somebody changed a report while it was being written; it has been written again, whole."""


class LostError(OSError):
    """Somebody changed a report while it was being written, and it could not be written again."""


class File:
    """A report's file."""

    def __init__(
        self,
        path: str,
        owner: Owner = None,
        *,
        append: bool = False,
        private: bool = False,
        held: bool = False,
    ) -> None:
        """``owner``: where root writes it, the user who opens and owns it; ``append``: keep what is there.

        ``private``: it holds environments, so that a new file has mode 0600. ``held``: what is observed may reach the file, so that
        :meth:`close` compares it with what was written.
        """
        self.path = path
        self._place = os.path.join(os.getcwd(), path)  # noqa: PTH109, PTH118 - a Path would take `..` and links for text
        self._owner = owner
        self._append = append
        self._mode = PRIVATE if private else SHARED
        self._copy = Copy() if held and not append else None
        self._handle: IO[bytes] | None = None

    def open(self) -> None:
        """Create the file; called again, leave the old one (which a log rotation has moved) and begin a new one."""
        handle = open_for_writing(self._place, self._owner, append=self._append, mode=self._mode)
        if self._append:
            try:
                check_room(handle)
            except OSError:
                handle.close()
                raise
        old, self._handle = self._handle, handle
        if old is not None:
            old.close()

    def write(self, data: bytes) -> None:
        """Write everything, unbuffered. Raises LostError where a file that is appended to was removed."""
        if self._handle is not None:
            if self._append and _is_removed(self._handle):
                raise LostError(errno.ENOENT, "it was removed, and what it held with it")
            if self._copy is not None:
                self._copy.add(data)
            write_all(self._handle, data)

    def close(self) -> None:
        """Close the file. Raises RestoredError, or LostError where what was written is lost."""
        if self._handle is None:
            return
        with self._handle as handle:
            changed = "" if self._copy is None else self._copy.difference(handle, self._place, self._owner)
        if changed and self._copy is not None:
            self._restore(changed, self._copy)

    def _restore(self, changed: str, copy: Copy) -> None:
        """Write the report again. Raises RestoredError or LostError, which say what happened."""
        if copy.data is None:
            raise LostError(errno.EIO, f"{changed} during the run, and is too large to be written again")
        try:
            replace_file(self._place, copy.data, self._owner, mode=self._mode)
        except OSError as error:
            reason = f"{changed} during the run, and could not be written again: {error.strerror}"
            raise LostError(errno.EIO, reason) from error
        raise RestoredError(errno.EIO, f"{changed} during the run; it was written again")


class Copy:
    """What was written to a report, kept where the observed processes do not reach it."""

    LIMIT = 64 << 20
    """Bytes that are kept; of a larger report, only its digest."""

    def __init__(self) -> None:
        """Start empty."""
        import hashlib  # noqa: PLC0415 - only a report that is held needs it

        self._sha256 = hashlib.sha256
        self._digest = self._sha256()
        self._kept: bytearray | None = bytearray()

    @property
    def data(self) -> bytes | None:
        """All that was written, None where that is too much."""
        return None if self._kept is None else bytes(self._kept)

    def add(self, data: bytes) -> None:
        """Keep what is about to be written."""
        self._digest.update(data)
        if self._kept is not None:
            self._kept += data
            if len(self._kept) > self.LIMIT:
                self._kept = None

    def difference(self, handle: IO[bytes], path: str, owner: Owner) -> str:
        """Say what happened to the file behind our back; empty where nothing did, or where others write it by right."""
        found = os.fstat(handle.fileno())
        if not stat.S_ISREG(found.st_mode) or _is_standard(found):
            return ""
        now = identity_of(path, owner)
        if now is None:
            return "was removed"
        if now != (found.st_dev, found.st_ino):
            return "was replaced"
        return "" if self._same(handle.fileno()) else "was overwritten"

    def _same(self, descriptor: int) -> bool:
        """Whether a file's content is what was written; True where it may not be read."""
        digest, offset = self._sha256(), 0
        try:
            while block := os.pread(descriptor, 1 << 20, offset):
                digest.update(block)
                offset += len(block)
        except OSError:
            return True
        return digest.digest() == self._digest.digest()


def _is_removed(handle: IO[bytes]) -> bool:
    """Whether a file has no name any more; one that a log rotation has moved still has one."""
    found = os.fstat(handle.fileno())
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 0


def _is_standard(found: os.stat_result) -> bool:
    """Whether a file is also stdout or stderr, to which the observed command writes as well (``--report /dev/stdout``)."""
    for number in (1, 2):
        with suppress(OSError):
            if os.path.samestat(os.fstat(number), found):
                return True
    return False


def check_room(handle: IO[bytes]) -> None:
    """Raise TimeoutError where a pipe is full by now: it is not waited for again at each new attempt."""
    if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
        _wait(handle, 0)


def write_all(handle: IO[bytes], data: bytes) -> None:
    """Write everything; a raw file may take less at once (a disk that fills).

    Into a pipe that nobody empties for PATIENCE seconds nothing more is written: TimeoutError, which is an OSError.
    """
    view = memoryview(data)
    regular = stat.S_ISREG(os.fstat(handle.fileno()).st_mode)
    while view:
        if not regular:
            _wait(handle, PATIENCE)
        view = view[handle.write(view if regular else view[: select.PIPE_BUF]) or 0 :]


def _wait(handle: IO[bytes], seconds: float) -> None:
    """Wait until PIPE_BUF bytes can be written at once without waiting."""
    room = select.poll()
    room.register(handle, select.POLLOUT)
    if not room.poll(seconds * 1000):
        raise TimeoutError(errno.ETIMEDOUT, f"nobody has read from it for {PATIENCE} seconds")
