"""Opening a file for writing in a folder where others may have put something else under its name.

A report is often written by root into a folder of the build's. Whoever may write there plants a symbolic or a hard link to a file
of root's, or a pipe. So the path is walked component by component, each opened with O_NOFOLLOW and looked at: the kernel follows
no link by itself, as with RESOLVE_NO_SYMLINKS of openat2(2), and links of root or of the user who writes (``/var/run``,
``/dev/stdout``) still work. A new file is created with O_EXCL; what stands there is looked at before and after it is opened.
"""

from __future__ import annotations

import errno
import os
import pwd
import stat
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Owner = tuple[int, int] | None
"""User and group with whose rights a file is written; None: those of the process."""
PRIVATE, SHARED = 0o600, 0o666
"""Modes of new files: of those that hold environments, and of others (the umask takes its part)."""
_LINKS = 40
"""Symbolic links in one path, as for the kernel."""
_WALK = os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW


@contextmanager
def as_user(owner: Owner) -> Iterator[None]:
    """Have the rights of ``owner``, where root writes for somebody."""
    if owner is None:
        yield
        return
    uid, gid, groups = os.geteuid(), os.getegid(), os.getgroups()
    with suppress(PermissionError):  # in a user namespace nobody may
        os.setgroups([owner[1]])
    os.setegid(owner[1])
    os.seteuid(owner[0])
    try:
        yield
    finally:
        os.seteuid(uid)
        os.setegid(gid)
        with suppress(PermissionError):
            os.setgroups(groups)


def open_for_writing(path: str, owner: Owner = None, *, append: bool = False, mode: int = SHARED) -> IO[bytes]:
    """Open or create a file, unbuffered. A named pipe is not waited for: a process must already read from it. Raises OSError."""
    with as_user(owner), ExitStack() as stack:
        folder, name = _Walk(stack).folder_of(path)
        return os.fdopen(_created(folder, name, mode) or _existing(folder, name, append=append), "wb", buffering=0)


def identity_of(path: str, owner: Owner = None) -> tuple[int, int] | None:
    """Return device and inode of what stands at a path, walked in the same way; None where nothing that may be written does."""
    try:
        with as_user(owner), ExitStack() as stack:
            folder, name = _Walk(stack).folder_of(path)
            found = os.stat(name, dir_fd=folder, follow_symlinks=_is_magic(folder))
    except OSError:
        return None
    return found.st_dev, found.st_ino


def replace_file(path: str, data: bytes, owner: Owner = None, *, mode: int = PRIVATE) -> None:
    """Put a new file in the place of the old one, or of a link, whole or not at all. Raises OSError."""
    with as_user(owner), ExitStack() as stack:
        folder, name = _Walk(stack).folder_of(path, follow=False)
        scratch = f".{name}.new"
        with suppress(FileNotFoundError):
            os.unlink(scratch, dir_fd=folder)  # what a run that was killed left, or what somebody planted
        descriptor = _created(folder, scratch, mode)
        if descriptor is None:
            raise FileExistsError(errno.EEXIST, "somebody else keeps creating its new version")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(scratch, name, src_dir_fd=folder, dst_dir_fd=folder)


def read_file(path: str, limit: int) -> bytes:
    """Return the beginning of a regular file that nobody else could have put there. Raises OSError."""
    with ExitStack() as stack:
        folder, name = _Walk(stack).folder_of(path)
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        with os.fdopen(descriptor, "rb") as file:
            _check(os.fstat(descriptor), os.fstat(folder))
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, "not a regular file")
            return file.read(limit)


class _Walk:
    """Finds the folder of a path, one component after the other."""

    def __init__(self, stack: ExitStack) -> None:
        """``stack`` closes what is opened on the way."""
        self._stack = stack
        self._links = 0

    def folder_of(self, path: str, *, follow: bool = True) -> tuple[int, str]:
        """Return a descriptor of the folder in which a path ends, and the last name; ``follow``: which is no link any more."""
        folder = self._opened("/" if path.startswith("/") else ".")
        names = self._names(path)
        if not names or path.endswith("/"):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        while len(names) > 1 or (follow and self._is_link(folder, names[0])):
            folder = self._step(folder, names)
        if names[0] == "..":
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        return folder, names[0]

    @staticmethod
    def _names(path: str) -> list[str]:
        return [name for name in path.split("/") if name not in {"", "."}]

    def _step(self, folder: int, names: list[str]) -> int:
        """Take the first name off; return the folder that the next one is looked up in."""
        name = names.pop(0)
        entry = self._opened(name, folder)
        found = os.fstat(entry)
        if not stat.S_ISLNK(found.st_mode):
            return entry
        _check(found, os.fstat(folder))
        self._links += 1
        if self._links > _LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if _is_magic(folder):  # the kernel knows where it leads, its text does not tell
            return self._kept(os.open(name, os.O_PATH | os.O_CLOEXEC, dir_fd=folder))
        target = os.readlink("", dir_fd=entry)
        names[:0] = self._names(target) or ["."]
        return self._opened("/") if target.startswith("/") else folder

    def _is_link(self, folder: int, name: str) -> bool:
        """Whether the last name is a link that leads elsewhere; those of /proc/PID/fd are opened as they are."""
        if _is_magic(folder):
            return False
        try:
            return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        except FileNotFoundError:
            return False

    def _opened(self, name: str, folder: int | None = None) -> int:
        return self._kept(os.open(name, _WALK, dir_fd=folder))

    def _kept(self, descriptor: int) -> int:
        self._stack.callback(os.close, descriptor)
        return descriptor


def _is_magic(folder: int) -> bool:
    """Whether the links in a folder are those of procfs, which lead to open files."""
    try:
        return os.fstat(folder).st_dev == Path("/proc/self/fd").stat().st_dev
    except OSError:
        return False


def _created(folder: int, name: str, mode: int) -> int | None:
    """Create a file; None where something stands there already."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(name, flags, mode, dir_fd=folder)
    except FileExistsError:
        return None


def _existing(folder: int, name: str, *, append: bool) -> int:
    """Open what stands there already, if it may be written to; ``append``: keep its content."""
    magic = _is_magic(folder)
    if not magic:
        _check_target(os.stat(name, dir_fd=folder, follow_symlinks=False), os.fstat(folder))
    descriptor = _writable(folder, name, os.O_APPEND * append | os.O_NOFOLLOW * (not magic))
    found = os.fstat(descriptor)
    try:
        if not magic:
            _check_target(found, os.fstat(folder))
        if stat.S_ISREG(found.st_mode) and not append:
            os.ftruncate(descriptor, 0)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _writable(folder: int, name: str, flags: int) -> int:
    """Open for writing, and for reading where that is allowed (a pipe would be its own reader)."""
    flags |= os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    if stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=not flags & os.O_NOFOLLOW).st_mode):
        try:
            return os.open(name, flags | os.O_RDWR, dir_fd=folder)
        except PermissionError:
            pass
    try:
        return os.open(name, flags | os.O_WRONLY, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "no process reads from this named pipe") from error
        raise


def _check_target(found: os.stat_result, folder: os.stat_result) -> None:
    """Raise PermissionError where a file is not one to write to."""
    kinds = ((stat.S_ISBLK, "a block device"), (stat.S_ISSOCK, "a socket"), (stat.S_ISLNK, "a symbolic link by now"))
    for is_kind, words in kinds:
        if is_kind(found.st_mode):
            raise PermissionError(errno.EPERM, f"it is {words}")
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    _check(found, folder)
    if stat.S_ISREG(found.st_mode) and found.st_nlink > 1 and _is_shared(folder):
        raise PermissionError(errno.EPERM, "it is a hard link, in a folder that others may write")


def _check(found: os.stat_result, folder: os.stat_result) -> None:
    """Raise PermissionError where somebody else could have planted a file or a link."""
    if found.st_uid in {0, os.geteuid()}:
        return
    if os.geteuid() == 0 or _is_shared(folder):
        what = "a link of" if stat.S_ISLNK(found.st_mode) else "it belongs to"
        raise PermissionError(errno.EPERM, f"{what} {_user(found.st_uid)}: another user could redirect what is written")


def _is_shared(folder: os.stat_result) -> bool:
    """Whether somebody but root and the user who writes may put names into a folder."""
    return folder.st_uid not in {0, os.geteuid()} or bool(folder.st_mode & (stat.S_IWOTH | stat.S_IWGRP))


def _user(number: int) -> str:
    """Return a user's name."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
