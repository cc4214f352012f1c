"""A report's file: opened with the rights of the user it is for, and written unbuffered."""

from __future__ import annotations

import errno
import os
import select
import stat
from typing import IO

PATIENCE = 10
"""Seconds that a pipe may stay full."""


class File:
    """A report's file."""

    def __init__(self, path: str, owner: tuple[int, int] | None = None, *, append: bool = False) -> None:
        """``owner`` (uid, gid): where root writes it, the user who opens and owns it; ``append``: keep what is there."""
        self.path = path
        self._owner = owner
        self._append = append
        self._handle: IO[bytes] | None = None

    def open(self) -> None:
        """Create the file; called again, leave the old one (which a log rotation has moved) and begin a new one."""
        handle = _open(self.path, os.O_CREAT | (os.O_APPEND if self._append else os.O_TRUNC), self._owner)
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
        """Write everything, unbuffered."""
        if self._handle is not None:
            write_all(self._handle, data)

    def close(self) -> None:
        """Close the file."""
        if self._handle is not None:
            self._handle.close()


def check_room(handle: IO[bytes]) -> None:
    """Raise TimeoutError where a pipe is full by now: it is not waited for again at each new attempt."""
    if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
        _wait(handle, 0)


def _open(path: str, flags: int, owner: tuple[int, int] | None) -> IO[bytes]:
    """Open with the rights of ``owner``; a named pipe without waiting: it must have a reader already."""
    flags |= os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK
    uid, gid = os.geteuid(), os.getegid()
    if owner is not None:
        os.setegid(owner[1])
        os.seteuid(owner[0])
    try:
        return os.fdopen(os.open(path, flags, 0o666), "wb", buffering=0)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "no process reads from this named pipe") from error
        raise
    finally:
        if owner is not None:
            os.seteuid(uid)
            os.setegid(gid)


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
