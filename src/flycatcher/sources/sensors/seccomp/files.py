"""Which file will the kernel run, and what is it? Resolved from outside, as the calling process would see it.

Sources: execve(2), execveat(2), fs/exec.c (alloc_bprm, bprm->filename), proc(5) for the links under /proc/PID.
"""

from __future__ import annotations

import os
import stat
import struct
import time
from errno import EACCES, ELOOP, ENOENT, ENOEXEC
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from flycatcher.core.interpreters.identity.shebang import BINPRM_BUF_SIZE, MAX_SCRIPTS, read_shebang
from flycatcher.sources.sensors import walk
from flycatcher.sources.sensors.seccomp.abi import (
    AT_EMPTY_PATH,
    AT_FDCWD,
    AT_SYMLINK_NOFOLLOW,
    keep_mounts,
    machine,
)
from flycatcher.sources.sensors.seccomp.steady import Steady, foreign
from flycatcher.sources.sensors.walk import UnknownError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.core.execution import Execution
    from flycatcher.sources.sensors.seccomp.fastpath import FastPath
    from flycatcher.sources.sensors.seccomp.judge import Judge

FRESH = 50_000_000
"""Nanoseconds: a file that changed this recently may change again within one tick of its ctime, so it is not cached."""
CACHE_LIMIT = 20_000
CLOSE_ON_EXEC = 0o2000000

Key = tuple[int, int, int, bytes]
"""Device, inode, time of change, and the name that it is called by."""


class Image(NamedTuple):
    """What one file is to the kernel and to the core."""

    kind: str
    """``program``, ``script`` or ``other`` (ENOEXEC, unless binfmt_misc knows it)."""
    interpreter: bytes = b""
    argument: bytes | None = None
    identity: str | None = None
    """An interpreter's id by content, ``""`` for none, None where the file was not looked at."""
    concern: bool = False
    """True where an execution of this file has to be read."""
    privileged: bool = False
    """The set-user-ID or set-group-ID bit is on."""
    unread: bool = False
    """The kernel runs it and we may not read it, although the build could have made it."""


class Request(NamedTuple):
    """One call of execve or execveat, its path read from memory."""

    tid: int
    path: bytes
    descriptor: int = AT_FDCWD
    flags: int = 0


class Resolved(NamedTuple):
    """The file that runs in the end, and what the shebangs put before the caller's own words."""

    image: Image
    handle: int
    """A descriptor of the file, good for a look at it only (O_PATH); the caller closes it."""
    file: tuple[int, int]
    """Its device and inode."""
    prefix: tuple[bytes, ...]
    """Empty without a shebang; else these words take the place of argv[0]."""

    @property
    def path(self) -> str:
        """The file's name as /proc/PID/exe will show it."""
        return os.readlink(f"/proc/self/fd/{self.handle}")


class RefusedError(Exception):
    """The kernel will refuse the call: no such file, not executable, no known format."""

    def __init__(self, number: int) -> None:
        """Keep the errno."""
        super().__init__(os.strerror(number))
        self.number = number


class Files:
    """Resolves requests; remembers what each file is by (device, inode, ctime) and its name."""

    def __init__(self, look: Callable[[int, str, bool], tuple[str | None, bool]], fast: FastPath | None = None) -> None:
        """``look(descriptor, name, steady)`` tells identity by content and whether executions of that file are of concern.

        ``fast`` learns which programs are of none.
        """
        self._look = look
        self._fast = fast
        self.apart = False
        """True once a process of the tree may have another root or other mounts than the supervisor."""
        self._cache: dict[Key, Image] = {}
        self._plain: dict[Key, tuple[int, int]] = {}
        """The programs that anybody may run and nobody needs to read."""
        self._elf = machine().elf
        self._root = _link("/proc/self/root")
        self._mounts = _link("/proc/self/ns/mnt")

    def part(self, *, keeps_mounts: bool) -> None:
        """Expect other roots and mounts from here on; ``keeps_mounts``: what the tree mounts, over /proc above all, is not ours."""
        self.apart = True
        if keeps_mounts and keep_mounts():
            self._mounts = ""  # nobody's are the same any more

    def plain(self, path: bytes) -> tuple[int, int] | None:
        """Answer most calls with one look: device and inode of a known program of no concern; None: look closer."""
        if self.apart or not path.startswith(b"/"):
            return None
        handle = walk.open_at_once(path)
        if handle < 0:
            return None
        try:
            about = os.fstat(handle)
        finally:
            os.close(handle)
        return self._plain.get((about.st_dev, about.st_ino, about.st_ctime_ns, path.rpartition(b"/")[2]))

    def resolve(self, request: Request) -> Resolved:
        """Return what the kernel will run; RefusedError where it refuses, UnknownError where that cannot be known."""
        image, file, handle = self._opened(request)
        if image.kind == "program":
            return Resolved(image, handle, file, ())
        os.close(handle)
        if image.kind == "other":
            raise RefusedError(ENOEXEC)
        if _inaccessible(request):
            raise RefusedError(ENOENT)
        return self._interpreted(request, image)

    def identity(self, request: Request) -> str | None:
        """Say which interpreter a file is that somebody else than the kernel runs: it needs no permission to be executed.

        None: not known. Raises UnknownError, RefusedError (no such file) and OSError (not to be read).
        """
        handle = self._locate(request)
        try:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise RefusedError(EACCES)
            image, _ = self._inspect(handle, about, os.fsdecode(request.path.rpartition(b"/")[2]))
        finally:
            os.close(handle)
        if image.unread:
            raise PermissionError(f"{os.fsdecode(request.path)} may be run, but not read")
        return image.identity

    def _opened(self, request: Request) -> tuple[Image, tuple[int, int], int]:
        """Return what a request's file is, its device and inode, and a handle of it that is the caller's."""
        handle = self._locate(request)
        try:
            return *self._image(request.path, handle), handle
        except BaseException:
            os.close(handle)
            raise

    def _interpreted(self, request: Request, image: Image) -> Resolved:
        """Follow the first lines of scripts to the program that reads them."""
        name = request.path
        if request.descriptor != AT_FDCWD and not name.startswith(b"/"):
            name = b"/dev/fd/%d" % request.descriptor + (b"/" + name if name else b"")
        prefix: tuple[bytes, ...] = ()
        for _ in range(MAX_SCRIPTS):
            argument = () if image.argument is None else (image.argument,)
            prefix = (image.interpreter, *argument, name, *prefix[1:])
            name = image.interpreter
            image, file, handle = self._opened(Request(request.tid, name))
            if image.kind == "program":
                return Resolved(image, handle, file, prefix)
            os.close(handle)
            if image.kind != "script":
                raise RefusedError(ENOEXEC)
        raise RefusedError(ELOOP)

    def _locate(self, request: Request) -> int:
        """Return a handle of the file that a request names."""
        tid, path = request.tid, request.path
        if not path and not request.flags & AT_EMPTY_PATH:
            raise RefusedError(ENOENT)
        follow = not request.flags & AT_SYMLINK_NOFOLLOW
        start = "cwd" if request.descriptor == AT_FDCWD else f"fd/{request.descriptor}"
        try:
            if not path:
                return walk.open_link(tid, start)
            found = self._at_once(tid, path, start) if follow else -1
            return found if found >= 0 else walk.open_by_steps(tid, thread_group(tid), path, start, follow=follow)
        except OSError as error:
            raise RefusedError(error.errno or ENOENT) from error

    def _at_once(self, tid: int, path: bytes, start: str) -> int:
        """Try one call of openat2(2); negative where the path has to be followed step by step."""
        same, absolute = self._same_root(tid), path.startswith(b"/")
        if absolute and same:
            return walk.open_at_once(path)
        if not (absolute or same):
            return -1
        folder = walk.open_link(tid, "root" if absolute else start)
        try:
            return walk.open_in_root(path, folder) if absolute else walk.open_at_once(path, folder)
        finally:
            os.close(folder)

    def _same_root(self, tid: int) -> bool:
        """Tell whether absolute paths mean the same to that thread as to the supervisor."""
        if not self.apart:
            return True
        return _link(f"/proc/{tid}/root") == self._root and _link(f"/proc/{tid}/ns/mnt") == self._mounts

    def _image(self, path: bytes, handle: int) -> tuple[Image, tuple[int, int]]:
        """Return what the file is; RefusedError where the kernel would not even look into it."""
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or not about.st_mode & 0o111:
            raise RefusedError(EACCES)
        file = (about.st_dev, about.st_ino)
        key = (*file, about.st_ctime_ns, path.rpartition(b"/")[2])
        image = self._cache.get(key)
        if image is None:
            image, holds = self._inspect(handle, about, os.fsdecode(key[3]))
            if holds and time.time_ns() - about.st_ctime_ns > FRESH:
                self._remember(key, image, about.st_mode)
        return image, file

    def _remember(self, key: Key, image: Image, mode: int) -> None:
        """Keep what a file is, for as long as its time of change stays the same."""
        if len(self._cache) >= CACHE_LIMIT:
            self._cache.clear()
            self._plain.clear()
            if self._fast is not None:
                self._fast.forget()
        self._cache[key] = image
        if mode & 0o111 == 0o111 and image.kind == "program" and not (image.concern or image.privileged):
            self._plain[key] = key[:2]
            if self._fast is not None:
                self._fast.learn(key)

    def _inspect(self, handle: int, about: os.stat_result, name: str) -> tuple[Image, bool]:
        """Open the file and look; the second answer is whether it cannot change without its time of change."""
        privileged = bool(about.st_mode & (stat.S_ISUID | stat.S_ISGID))
        try:
            descriptor = os.open(f"/proc/self/fd/{handle}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except PermissionError:  # execute-only: the kernel runs what we cannot read
            unread = not foreign(about)
            return Image("program", concern=True, privileged=privileged, unread=unread), False
        try:
            with Steady(descriptor, about) as held:
                return self._read(descriptor, name, privileged=privileged, steady=held.steady), held.steady
        finally:
            os.close(descriptor)

    def _read(self, descriptor: int, name: str, *, privileged: bool, steady: bool) -> Image:
        """Read the file's beginning, and of a program what the judge wants to see."""
        head = os.pread(descriptor, BINPRM_BUF_SIZE, 0)
        if self._is_elf(head):
            identity, concern = self._look(descriptor, name, steady)
            return Image("program", identity=identity, concern=concern, privileged=privileged)
        line = read_shebang(head)
        if line is None:
            return Image("other")
        return Image("script", interpreter=line.interpreter, argument=line.argument)

    def _is_elf(self, head: bytes) -> bool:
        """Tell whether this kernel loads it: ELF magic, executable or shared, a machine that runs here."""
        if len(head) < 20 or not head.startswith(b"\x7fELF"):
            return False
        kind, target = struct.unpack_from("=HH", head, 16)
        return kind in {2, 3} and target in self._elf


def with_hosted(execution: Execution, tid: int, judge: Judge, files: Files) -> Execution:
    """Add the identity of the program that the execution's own is to run in its process, as ld.so does.

    Raises UnknownError where that cannot be told, and OSError where the file may not be read.
    """
    program = os.fsencode(judge.hosted(execution)) if execution.interpreter else b""
    if not program:
        return execution
    if b"/" not in program:
        raise UnknownError(f"{os.fsdecode(program)} is looked for among libraries")
    try:
        return structs.replace(execution, hosted=files.identity(Request(tid, program)))
    except RefusedError:
        return execution  # there is no such file


def _link(path: str) -> str:
    """Return a link's text, empty where it cannot be read."""
    try:
        return os.readlink(path)
    except OSError:
        return ""


def thread_group(tid: int) -> int:
    """Return the process that a thread belongs to; the thread's own number where it is gone."""
    try:
        os.close(
            os.pidfd_open(tid)
        )  # only a process has one, and that is known far sooner than its status is written out
    except OSError:
        return _named_group(tid)
    return tid


def _named_group(tid: int) -> int:
    """Read a thread's group from its status."""
    try:
        with open(f"/proc/{tid}/status", "rb", buffering=0) as handle:
            text = handle.read(4096)
    except OSError:
        return tid
    start = text.find(b"\nTgid:")
    return int(text[start + 6 :].split(None, 1)[0]) if start >= 0 else tid


def _inaccessible(request: Request) -> bool:
    """Tell whether a script's interpreter could not open it: named through a close-on-exec descriptor (ENOENT)."""
    if request.descriptor == AT_FDCWD or request.path.startswith(b"/"):
        return False
    try:
        with open(f"/proc/{request.tid}/fdinfo/{request.descriptor}", encoding="ascii") as handle:
            flags = next((line.split()[1] for line in handle if line.startswith("flags:")), "0")
    except OSError:
        return False
    return bool(int(flags, 8) & CLOSE_ON_EXEC)
