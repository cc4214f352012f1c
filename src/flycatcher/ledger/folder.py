"""The files of a ledger, reached through a descriptor of its folder: nobody puts another folder in its place meanwhile."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW
_OTHERS = 0o022
_SCRATCH = ".new"


class Folder:
    """One folder; names are relative to it. All methods may raise OSError."""

    def __init__(self, path: str, *, create: bool = False) -> None:
        """``create``: make it where it is missing, and refuse one that is not ours alone to write."""
        if create:
            with suppress(FileExistsError):
                os.mkdir(path, 0o700)  # noqa: PTH102 - the path stays as it was given
        flags = os.O_RDONLY | os.O_DIRECTORY | (os.O_NOFOLLOW if create else 0)
        self._root = os.open(path, flags)
        found = os.fstat(self._root)
        if create and (found.st_uid != os.geteuid() or found.st_mode & _OTHERS):
            self.close()
            raise PermissionError(errno.EPERM, "a ledger's folder must be ours, and nobody else may write to it")

    def names(self) -> set[str]:
        """Return what is in it."""
        return set(os.listdir(self._root))  # noqa: PTH208 - of a descriptor

    def listed(self, name: str) -> list[str]:
        """Return what is in one of its folders; nothing where there is none."""
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=self._root)
        except (FileNotFoundError, NotADirectoryError):
            return []
        try:
            return os.listdir(descriptor)  # noqa: PTH208 - of a descriptor
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Let go."""
        os.close(self._root)

    def open(self, name: str, flags: int) -> int:
        """Open a file, and make the folders above it where it is to be created; return its descriptor."""
        try:
            descriptor = os.open(name, flags, 0o600, dir_fd=self._root)
        except FileNotFoundError:
            if not flags & os.O_CREAT:
                raise
            self._make_room(name)
            descriptor = os.open(name, flags, 0o600, dir_fd=self._root)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, f"{name}: not a regular file")
        return descriptor

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None where there is none."""
        try:
            descriptor = self.open(name, _READ)
        except (FileNotFoundError, NotADirectoryError):
            return None
        with os.fdopen(descriptor, "rb") as file:
            return file.read()

    def replace(self, name: str, data: bytes, *, sync: bool = False) -> None:
        """Put a file in place, whole or not at all; ``sync``: its content is on the disk before it stands there."""
        scratch = name + _SCRATCH
        with os.fdopen(self.open(scratch, _WRITE | os.O_TRUNC), "wb", buffering=0) as file:
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
            if sync:
                os.fsync(file.fileno())
        os.replace(scratch, name, src_dir_fd=self._root, dst_dir_fd=self._root)

    def append(self, name: str, data: bytes) -> None:
        """Add to a file."""
        with os.fdopen(self.open(name, _WRITE | os.O_APPEND), "ab", buffering=0) as file:
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]

    def sync(self, changed: Iterable[str], placed: Iterable[str]) -> None:
        """Wait until the disk has the content of files, and the names of those that were put in place, with the folders above."""
        folders = {name[: at + 1] for name in (*changed, *placed) for at, letter in enumerate(name) if letter == "/"}
        for name in changed:
            self._flush(name, os.O_RDONLY | os.O_NOFOLLOW)
        for name in sorted(folders, key=len, reverse=True):
            self._flush(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        os.fsync(self._root)

    def _flush(self, name: str, flags: int) -> None:
        descriptor = os.open(name, flags, dir_fd=self._root)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def truncate(self, name: str, size: int) -> None:
        """Cut a file off."""
        with os.fdopen(self.open(name, os.O_WRONLY | os.O_NOFOLLOW), "wb") as file:
            file.truncate(size)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._root)

    def lock(self, name: str) -> int:
        """Lock a file for as long as the descriptor that is returned is open. Raises BlockingIOError where somebody else has."""
        descriptor = self.open(name, _WRITE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def _make_room(self, name: str) -> None:
        parts = name.split("/")[:-1]
        for end in range(1, len(parts) + 1):
            with suppress(FileExistsError):
                os.mkdir("/".join(parts[:end]), 0o700, dir_fd=self._root)
