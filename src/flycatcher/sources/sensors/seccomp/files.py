"""Which file will the kernel run? Resolved from outside, as the calling process would see it.

Sources: execve(2), execveat(2), fs/exec.c (alloc_bprm, bprm->filename), proc(5) for the links under /proc/PID.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import time
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.interpreters.identity.shebang import BINPRM_BUF_SIZE, MAX_SCRIPTS, read_shebang
from flycatcher.sources.sensors.seccomp.abi import AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, libc, machine

if TYPE_CHECKING:
    from collections.abc import Callable

OPENAT2 = 437
RESOLVE_IN_ROOT = 0x10
CLOSE_ON_EXEC = 0o2000000
FRESH = 50_000_000
"""Nanoseconds: a file that changed this recently may change again within one tick of its ctime, so it is not cached."""
CACHE_LIMIT = 20_000
CAP_DAC_OVERRIDE = 1 << 1


class Image(NamedTuple):
    """What one file is to the kernel and to the core."""

    kind: str
    """``program``, ``script`` or ``other`` (ENOEXEC)."""
    interpreter: bytes = b""
    argument: bytes | None = None
    identity: str | None = None
    """An interpreter's id by content, ``""`` for none, None where the file was not looked at."""
    concern: bool = False
    """True where an execution of this file has to be read."""
    privileged: bool = False
    """The set-user-ID or set-group-ID bit is on."""


class Request(NamedTuple):
    """One call of execve or execveat, its path read from memory."""

    tid: int
    path: bytes
    descriptor: int = AT_FDCWD
    flags: int = 0


class Resolved(NamedTuple):
    """The file that runs in the end, and what the shebangs put before the caller's own words."""

    image: Image
    path: str
    """A path by which the supervisor itself can open the file."""
    prefix: tuple[bytes, ...]
    """Empty without a shebang; else these words take the place of argv[0]."""
    root: int | None
    """A descriptor that keeps ``path`` alive; the caller closes it."""


class Files:
    """Resolves requests; remembers what each file is by (device, inode, ctime) and its name."""

    def __init__(self, look: Callable[[int, str], tuple[str | None, bool]]) -> None:
        """``look(descriptor, name)`` tells identity by content and whether executions of that file are of concern."""
        self._look = look
        self.apart = False
        """True once a process of the tree may have another root or other mounts than the supervisor."""
        self._cache: dict[tuple[int, int, int, bytes], Image] = {}
        self._plain: set[tuple[int, int, int, bytes]] = set()
        """The keys of programs that anybody may run and nobody needs to read."""
        self._elf = machine().elf
        self._root = _link("/proc/self/root")
        self._mounts = _link("/proc/self/ns/mnt")

    def plain(self, path: bytes) -> bool | None:
        """Answer most calls with one stat: True for a known program of no concern, None for no file, False: look closer."""
        if self.apart or not path.startswith(b"/") or path.startswith((b"/proc/", b"/dev/")):
            return False
        try:
            about = os.stat(path)
        except (OSError, ValueError):
            return None
        return (about.st_dev, about.st_ino, about.st_ctime_ns, path.rpartition(b"/")[2]) in self._plain

    def resolve(self, request: Request) -> Resolved | None:
        """Return what the kernel will run; None where it refuses (no such file, not executable, no known format)."""
        path, keep = self._locate(request)
        image = self._image(request, path)
        if image is None or image.kind == "program":
            return self._result(image, path, (), keep)
        if _inaccessible(request):
            return self._result(None, path, (), keep)
        name = request.path
        if request.descriptor != AT_FDCWD and not name.startswith(b"/"):
            name = b"/dev/fd/%d" % request.descriptor + (b"/" + name if name else b"")
        prefix: tuple[bytes, ...] = ()
        for _ in range(MAX_SCRIPTS):
            if image is None or image.kind != "script":
                break
            words = (
                (image.interpreter, image.argument, name) if image.argument is not None else (image.interpreter, name)
            )
            prefix = words + prefix[1:]
            name = image.interpreter
            _close(keep)
            step = Request(request.tid, name)
            path, keep = self._locate(step)
            image = self._image(step, path)
        if image is not None and image.kind != "program":
            image = None
        return self._result(image, path, prefix, keep)

    @staticmethod
    def _result(image: Image | None, path: str, prefix: tuple[bytes, ...], keep: int | None) -> Resolved | None:
        """Pack the outcome; a refusal closes what was opened."""
        if image is None:
            _close(keep)
            return None
        return Resolved(image, path, prefix, keep)

    def _locate(self, request: Request) -> tuple[str, int | None]:
        """Return a path that names the file for the supervisor, and the descriptor that it goes through, if any."""
        tid, path = request.tid, request.path
        if path.startswith(b"/"):
            if path.startswith((b"/proc/", b"/dev/")):
                path = _own_links(tid, path)
            if self._same_root(tid):
                return os.fsdecode(path), None
            return _in_root(tid, path)
        if request.descriptor == AT_FDCWD:
            return f"/proc/{tid}/cwd/{os.fsdecode(path)}", None
        if not path:
            return f"/proc/{tid}/fd/{request.descriptor}", None
        return f"/proc/{tid}/fd/{request.descriptor}/{os.fsdecode(path)}", None

    def _same_root(self, tid: int) -> bool:
        """Tell whether absolute paths mean the same to that thread as to the supervisor."""
        if not self.apart:
            return True
        root = _link(f"/proc/{tid}/root")
        return root == "" or (root == self._root and _link(f"/proc/{tid}/ns/mnt") == self._mounts)

    def _image(self, request: Request, path: str) -> Image | None:
        """Return what the file is; None where the kernel would not even look into it."""
        if not request.path and not request.flags & AT_EMPTY_PATH:
            return None
        try:
            if request.flags & AT_SYMLINK_NOFOLLOW and request.path and stat.S_ISLNK(os.lstat(path).st_mode):
                return None
            about = os.stat(path)
        except (OSError, ValueError):
            return None
        mode = about.st_mode
        if mode & 0o111 != 0o111 and not _may_run(request.tid, about):
            return None
        if not stat.S_ISREG(mode):
            return None
        key = (about.st_dev, about.st_ino, about.st_ctime_ns, request.path.rpartition(b"/")[2])
        image = self._cache.get(key)
        if image is None:
            image = self._inspect(path, mode, os.fsdecode(key[3]))
            if time.time_ns() - about.st_ctime_ns > FRESH:
                if len(self._cache) >= CACHE_LIMIT:
                    self._cache.clear()
                    self._plain.clear()
                self._cache[key] = image
                if mode & 0o111 == 0o111 and image.kind == "program" and not (image.concern or image.privileged):
                    self._plain.add(key)
        return image

    def _inspect(self, path: str, mode: int, name: str) -> Image:
        """Open the file and look."""
        privileged = bool(mode & (stat.S_ISUID | stat.S_ISGID))
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:  # execute-only: the kernel runs what we cannot read
            return Image("program", identity=None, concern=True, privileged=privileged)
        try:
            head = os.pread(descriptor, BINPRM_BUF_SIZE, 0)
            if self._is_elf(head):
                identity, concern = self._look(descriptor, name)
                return Image("program", identity=identity, concern=concern, privileged=privileged)
        except OSError:
            return Image("program", identity=None, concern=True, privileged=privileged)
        finally:
            os.close(descriptor)
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


def program_path(path: str) -> str:
    """Return the file's name as /proc/PID/exe will show it."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return path
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return path
    finally:
        os.close(descriptor)


def _link(path: str) -> str:
    """Return a link's text, empty where it cannot be read."""
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _close(descriptor: int | None) -> None:
    """Close what may have been opened."""
    if descriptor is not None:
        os.close(descriptor)


OWN_LINKS = (
    (b"/proc/self/", "/proc/{group}/"),
    (b"/proc/thread-self/", "/proc/{group}/task/{tid}/"),
    (b"/dev/fd/", "/proc/{group}/fd/"),
    (b"/dev/stdin", "/proc/{group}/fd/0"),
)


def _own_links(tid: int, path: bytes) -> bytes:
    """Replace the links that name whoever resolves them by the process in question."""
    for start, pattern in OWN_LINKS:
        if path.startswith(start):
            return pattern.format(group=thread_group(tid), tid=tid).encode() + path[len(start) :]
    return path


def thread_group(tid: int) -> int:
    """Return the process that a thread belongs to; the thread's own number where it is gone."""
    try:
        with open(f"/proc/{tid}/status", "rb", buffering=0) as handle:
            text = handle.read(4096)
    except OSError:
        return tid
    start = text.find(b"\nTgid:")
    return int(text[start + 6 :].split(None, 1)[0]) if start >= 0 else tid


def _in_root(tid: int, path: bytes) -> tuple[str, int | None]:
    """Open a path inside another root or mount namespace, so that its absolute links stay inside (openat2(2))."""
    if path.startswith(b"/proc/%d/" % thread_group(tid)):
        return os.fsdecode(path), None
    try:
        root = os.open(f"/proc/{tid}/root", os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return os.fsdecode(path), None
    how = struct.pack("=QQQ", os.O_PATH | os.O_CLOEXEC, 0, RESOLVE_IN_ROOT)
    store = ctypes.create_string_buffer(how, len(how))
    try:
        found = libc.syscall(
            ctypes.c_long(OPENAT2),
            ctypes.c_int(root),
            ctypes.c_char_p(path),
            ctypes.byref(store),
            ctypes.c_size_t(len(how)),
        )
        number = ctypes.get_errno()
    finally:
        os.close(root)
    if found >= 0:
        return f"/proc/self/fd/{found}", int(found)
    if number in {38, 1}:  # ENOSYS, EPERM: no openat2 here; absolute links then resolve outside
        return f"/proc/{tid}/root{os.fsdecode(path)}", None
    return "", None


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


def _may_run(tid: int, about: os.stat_result) -> bool:
    """Apply the mode bits to that thread's credentials (fs/namei.c, acl_permission_check)."""
    mode = about.st_mode
    if mode & 0o111 == 0:
        return False
    try:
        with open(f"/proc/{tid}/status", encoding="utf-8", errors="replace") as handle:
            fields = dict(line.rstrip("\n").split(":", 1) for line in handle if ":" in line)
        uid, gid = int(fields["Uid"].split()[3]), int(fields["Gid"].split()[3])
        groups = {gid, *(int(word) for word in fields["Groups"].split())}
        capabilities = int(fields["CapEff"], 16)
    except (OSError, KeyError, ValueError):
        return True
    if capabilities & CAP_DAC_OVERRIDE:
        return True
    if uid == about.st_uid:
        return bool(mode & 0o100)
    return bool(mode & (0o010 if about.st_gid in groups else 0o001))
