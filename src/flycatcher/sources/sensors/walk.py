"""Follows a path as the kernel would for another thread: its root, its folder, its descriptors, its own /proc/self.

One call of openat2(2) answers where no magic link is on the way; else each component is followed by itself.
Sources: path_resolution(7), openat2(2), fs/namei.c, proc(5); fs/proc/self.c for what ``self`` means.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from errno import EACCES, EBADF, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

OPENAT2 = 437
RESOLVE_NO_MAGICLINKS, RESOLVE_IN_ROOT = 0x02, 0x10
PROC_SUPER_MAGIC = 0x9FA0
"""include/uapi/linux/magic.h"""
PROC_ROOT_INODE = 1
"""include/linux/proc_fs.h"""
LINKS_LIMIT = 40
"""MAXSYMLINKS: the kernel answers ELOOP to more."""
PATH_LIMIT = 4096
"""PATH_MAX: the kernel answers ENAMETOOLONG to more."""
REFUSALS = frozenset({EACCES, EBADF, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR})
"""What a path itself can be wrong with; any other error is trouble of ours."""
_HANDLE = os.O_PATH | os.O_CLOEXEC
_ITSELF = os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW


class UnknownError(Exception):
    """What the path leads to cannot be known from here; the kernel may well find a file there."""


class _How:
    """struct open_how for openat2(2), made once for each way."""

    def __init__(self, resolve: int) -> None:
        how = struct.pack("=QQQ", _HANDLE, 0, resolve)
        self.size = len(how)
        self._store = ctypes.create_string_buffer(how, self.size)
        self.address = ctypes.addressof(self._store)


_BELOW_US = _How(RESOLVE_NO_MAGICLINKS)
_BELOW_ROOT = _How(RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT)
_openat2 = ctypes.CDLL(None, use_errno=True).syscall
_openat2.restype = ctypes.c_long
_openat2.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t)


def open_at_once(path: bytes, folder: int = -100) -> int:
    """Return a handle of what a path names to this process, or a negative errno; ELOOP where a magic link is on the way."""
    found: int = _openat2(OPENAT2, folder, path, _BELOW_US.address, _BELOW_US.size)
    return found if found >= 0 else -ctypes.get_errno()


def open_in_root(path: bytes, root: int) -> int:
    """Return a handle of what a path names below another root, or a negative errno."""
    found: int = _openat2(OPENAT2, root, path, _BELOW_ROOT.address, _BELOW_ROOT.size)
    return found if found >= 0 else -ctypes.get_errno()


def open_by_steps(tid: int, group: int, path: bytes, start: str, *, follow: bool = True) -> int:
    """Return a handle of what a path names to a thread; ``start`` is where a relative one begins, a folder below /proc/TID.

    OSError as the kernel would refuse it; UnknownError where the thread may not be looked into.
    """
    try:
        with _Walk(tid, group) as walk:
            return walk.follow(path, start, follow=follow)
    except OSError as error:
        if error.errno not in REFUSALS:
            raise UnknownError(str(error)) from error
        raise


class _Walk:
    """One path on its way; it holds few descriptors at a time, however long the path is."""

    def __init__(self, tid: int, group: int) -> None:
        self._tid, self._group = tid, group
        self._links = 0
        self._above: list[int] = []
        """What ``..`` means in folders of /proc/PID that stand for ``self`` of another mount of it."""
        self._root = open_link(tid, "root")
        self._here = self._root

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in {self._root, self._here, *self._above}:
            os.close(descriptor)

    def follow(self, path: bytes, start: str, *, follow: bool) -> int:
        """Take one component after the other; the handle that is returned is the caller's."""
        ahead = _components(path)
        if not path.startswith(b"/"):
            self._go(open_link(self._tid, start))
        while ahead:
            name = ahead.pop()
            if name in {b".", b".."}:
                _be_folder(self._here)
                if name == b"..":
                    self._up()
                continue
            step = os.open(name, _ITSELF, dir_fd=self._here)
            if not stat.S_ISLNK(os.fstat(step).st_mode):
                self._down(step)
                continue
            try:
                if not ahead and not follow:
                    raise OSError(ELOOP, os.strerror(ELOOP))
                self._link(name, step, ahead)
            finally:
                os.close(step)
        return os.dup(self._here)

    def _link(self, name: bytes, step: int, ahead: list[bytes]) -> None:
        """Go where a symbolic link leads."""
        self._links += 1
        if self._links > LINKS_LIMIT:
            raise OSError(ELOOP, os.strerror(ELOOP))
        if _is_proc(step):
            if os.fstat(self._here).st_ino != PROC_ROOT_INODE:
                self._magic(name)
                return
            if name in {b"self", b"thread-self"}:
                self._own(f"/proc/{self._group}", ("task", str(self._tid)) if name == b"thread-self" else ())
                return
        text = os.readlink(b"", dir_fd=step)
        ahead += _components(text)
        if text.startswith(b"/"):
            self._leave()
            self._go(self._root)

    def _own(self, process: str, below: tuple[str, ...]) -> None:
        """Go to the thread's own folder, as our /proc shows it; its parents are those of the /proc that the path went through."""
        try:
            self._down(os.open(process, _HANDLE), back=True)
            for name in below:
                self._down(os.open(name, _HANDLE, dir_fd=self._here))
        except OSError as error:
            raise UnknownError(str(error)) from error

    def _magic(self, name: bytes) -> None:
        """Go through a link that leads to a file itself, not to its name."""
        try:
            there = os.open(name, _HANDLE, dir_fd=self._here)
        except PermissionError as error:
            raise UnknownError(str(error)) from error
        self._leave()
        self._go(there)

    def _down(self, step: int, *, back: bool = False) -> None:
        """Go into a folder, remembering the way back where it is not the real one."""
        if self._above or back:
            self._above.append(self._here)
            self._here = step
        else:
            self._go(step)

    def _up(self) -> None:
        """Go to the folder above; not above the root."""
        if self._above:
            self._go(self._above.pop())
            return
        about, top = os.fstat(self._here), os.fstat(self._root)
        if (about.st_dev, about.st_ino) != (top.st_dev, top.st_ino):
            self._go(os.open("..", _HANDLE, dir_fd=self._here))

    def _leave(self) -> None:
        """Forget a way back."""
        for descriptor in set(self._above) - {self._root, self._here}:
            os.close(descriptor)
        self._above.clear()

    def _go(self, there: int) -> None:
        """Be somewhere else, and let go of where one was."""
        before, self._here = self._here, there
        if before not in {there, self._root, *self._above}:
            os.close(before)


def _be_folder(here: int) -> None:
    """Refuse to go on from a file."""
    if not stat.S_ISDIR(os.fstat(here).st_mode):
        raise OSError(ENOTDIR, os.strerror(ENOTDIR))


def open_link(tid: int, name: str) -> int:
    """Open a link of a thread's own: its root, its folder, a descriptor. What is wrong with it is not what the kernel meets."""
    try:
        return os.open(f"/proc/{tid}/{name}", _HANDLE)
    except FileNotFoundError as error:
        if name.startswith("fd/"):
            raise OSError(EBADF, os.strerror(EBADF)) from None
        raise UnknownError(str(error)) from error
    except OSError as error:
        raise UnknownError(str(error)) from error


def _components(path: bytes) -> list[bytes]:
    """Return a path's components, last first; a final ``.`` stands for a slash at the end, and of several dots one is enough."""
    if len(path) >= PATH_LIMIT:
        raise OSError(ENAMETOOLONG, os.strerror(ENAMETOOLONG))
    if not path:
        raise OSError(ENOENT, os.strerror(ENOENT))
    names = [name for name in path.split(b"/") if name]
    if path.endswith(b"/") and names:
        names.append(b".")
    return list(reversed(list(_single_dots(names))))


def _single_dots(names: Iterable[bytes]) -> Iterable[bytes]:
    """Leave out a dot behind a dot."""
    before = b""
    for name in names:
        if name != b"." or before != b".":
            yield name
        before = name


_statfs = ctypes.CDLL(None, use_errno=True).fstatfs
_statfs.argtypes = (ctypes.c_int, ctypes.c_void_p)
_about = ctypes.create_string_buffer(256)


def file_system(descriptor: int) -> int:
    """Return the magic number of a file's file system (statfs(2)), 0 where it cannot be had."""
    if _statfs(descriptor, _about):
        return 0
    return int.from_bytes(_about.raw[: ctypes.sizeof(ctypes.c_long)], "little")


def _is_proc(descriptor: int) -> bool:
    return file_system(descriptor) == PROC_SUPER_MAGIC
