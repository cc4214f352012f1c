"""A report's file: opened as the user it is for, each line out at once."""

from __future__ import annotations

import os
from typing import IO


def create(path: str, owner: tuple[int, int] | None = None) -> IO[bytes]:
    """Open a report for writing, unbuffered. ``owner`` (uid, gid): whose rights and whose file, where root writes it."""
    return _open(path, os.O_CREAT | os.O_TRUNC, owner)


def create_appending(path: str, owner: tuple[int, int] | None = None) -> IO[bytes]:
    """Open a file that others write to as well."""
    return _open(path, os.O_CREAT | os.O_APPEND, owner)


def _open(path: str, flags: int, owner: tuple[int, int] | None) -> IO[bytes]:
    """Open with the rights of ``owner``."""
    flags |= os.O_WRONLY | os.O_CLOEXEC
    if owner is None:
        return os.fdopen(os.open(path, flags, 0o666), "wb", buffering=0)
    uid, gid = os.geteuid(), os.getegid()
    os.setegid(owner[1])
    os.seteuid(owner[0])
    try:
        return os.fdopen(os.open(path, flags, 0o666), "wb", buffering=0)
    finally:
        os.seteuid(uid)
        os.setegid(gid)


def write_all(handle: IO[bytes], data: bytes) -> None:
    """Write everything; a raw file may take less at once (a pipe, a disk that fills)."""
    view = memoryview(data)
    while view:
        view = view[handle.write(view) or 0 :]
