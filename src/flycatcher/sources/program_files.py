"""What do the paths that a program runs or loads lead to? Looked at from outside, and never opened.

Paths are followed name by name with lstat(2) and readlink(2): a FIFO keeps its writer, and what /proc/self means to the program
is not what it means here. Sources: path_resolution(7), proc(5), Documentation/admin-guide/devices.txt.
"""

from __future__ import annotations

import os
import posixpath
import stat
from errno import ELOOP
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from flycatcher.core.execution import Execution, FileFact
from flycatcher.core.interpreters.engine.paths import absolute, is_special, is_volatile, special_kind
from flycatcher.core.operands import paths_read
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from flycatcher.core.execution import FileKind, StdinKind

TERMINAL_MAJORS = frozenset({4, 5, *range(136, 144)})
"""tty, console and /dev/tty, pseudo-terminals."""
NULL = (1, 3)
NULL_DEVICE = os.makedev(*NULL)
MAX_LINKS = 40
"""As the kernel follows (MAXSYMLINKS)."""
MAX_ENTRIES = 1000
"""Names of one folder that are looked through for a pattern."""
_MAGIC = lazy(r"/dev/(?:fd|stdin|stdout|stderr)|/proc/(?:self|thread-self|\d+)")
"""Paths from which on names are the process's own."""
_LINK = lazy(r"/proc/(self|thread-self|\d+)/(fd/\d+|exe|map_files/[0-9a-f]+-[0-9a-f]+)")
"""Files of a process's own: what it holds open, runs, has mapped."""
_FOLDER = lazy(r"(/proc/\d+/(?:task/\d+/)?(?:cwd|root))(?:/|$)")
"""The folders of a process that is named by its number: it may be another one."""
_PROCESS = lazy(r"self|thread-self|\d+")
_KINDS: dict[int, FileKind] = {
    stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket", stat.S_IFREG: "regular", stat.S_IFDIR: "directory", stat.S_IFBLK: "device",
}  # fmt: skip
_STDIN_KINDS: dict[int, StdinKind] = {
    stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket", stat.S_IFREG: "file", stat.S_IFBLK: "file",
}  # fmt: skip
_NOWHERE = Execution(argv=())


class View(NamedTuple):
    """Whose eyes a path is seen with."""

    root: str = ""
    """In front of absolute paths: ``/proc/PID/root``."""
    cwd: str = "."
    """What relative paths start from: ``/proc/PID/cwd``."""
    here: str = ""
    """The working folder's name in that root."""
    process: str = ""
    """``/proc/PID``: whose descriptors are looked at; empty: nobody's."""


def view_of(pid: int, cwd: str) -> View:
    """Return how a process sees paths; ``cwd`` names its working folder."""
    return View(f"/proc/{pid}/root", f"/proc/{pid}/cwd", cwd, f"/proc/{pid}")


def with_files(execution: Execution, view: View, paths: tuple[str, ...] | None = None) -> Execution:
    """Return the execution with what its paths lead to, as far as a reading turns on it; ``paths``: where they are known."""
    found = {}
    for path in paths_read(execution) if paths is None else paths:
        fact = look(path, view)
        if fact is not None and _matters(path, fact, execution):
            found[path] = fact
    return replace(execution, files={**found, **execution.files}) if found else execution


def look(path: str, view: View) -> FileFact | None:
    """Return what a path leads to; None where that cannot be looked at. ``*`` in its names stands for any characters."""
    try:
        return _follow(_matching(path, view) if "*" in path else path, view)
    except (FileNotFoundError, NotADirectoryError):
        return FileFact(kind="missing") if view.process or _folder_is_here(path, view) else None
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return None


def stdin_kind(mode: int, major: int, minor: int) -> StdinKind:
    """Return what a descriptor is, by its inode's mode and device number; a disk, or another device, gives text as a file does."""
    if stat.S_ISCHR(mode):
        return "null" if (major, minor) == NULL else "tty" if major in TERMINAL_MAJORS else "file"
    return _STDIN_KINDS.get(stat.S_IFMT(mode), "unknown")


def _folder_is_here(path: str, view: View) -> bool:
    """Whether the folder of a path exists: where it does not, a line that no process runs may be meant for another machine."""
    parent = posixpath.dirname(path)
    return os.path.exists(f"{view.root}{parent}" if path.startswith("/") else f"{view.cwd}/{parent}")  # noqa: PTH110


def _matters(path: str, fact: FileFact, execution: Execution) -> bool:
    """Whether a fact changes a reading: files of a disk, where nobody but their owner writes, are what was taken for granted."""
    if fact.kind not in ("regular", "directory"):
        return True
    known = replace(execution, files={path: fact})
    return is_special(path, known) or is_volatile(path, known)


def _follow(path: str, view: View) -> FileFact:
    """Walk a path's names."""
    physical, logical = (view.root, "") if path.startswith("/") else (view.cwd, view.here.rstrip("/"))
    rest, links = path.split("/")[::-1], 0
    ends: list[str] = []
    while rest:
        name = rest.pop()
        if name in ("", "."):
            continue
        if name == "..":
            physical, logical = f"{physical}/..", logical.rpartition("/")[0]
            continue
        folder, above = physical, logical
        physical, logical = f"{physical}/{name}", f"{logical}/{name}"
        target = ""
        if own := _of_a_process(folder, logical, view):
            whole = "/".join((own, *rest[::-1]))
            found = _FOLDER.match(whole)
            if found is not None:
                physical, rest, links = found[1], whole[found.end(1) :].split("/")[::-1], links + 1
                continue
            target, rest = absolute(whole, view.here), []
            if target.startswith("/proc/"):
                return replace(_own(target, view), links=tuple(ends))
        elif stat.S_ISLNK((about := os.lstat(physical)).st_mode):
            target = os.readlink(physical)  # noqa: PTH115 - text that is followed name by name
            if about.st_size and _is_procfs(about, view):  # /proc/PID/fd under another name: no path is followed
                return _elsewhere(physical, logical)
            ends += _end(above, target, rest)
        if target:
            links = _one_more(links)
            physical, logical = (view.root, "") if target.startswith("/") else (folder, above)
            rest += target.split("/")[::-1]
    return replace(_last(physical or "/", logical if links else "", view), links=tuple(ends))


def _end(folder: str, target: str, rest: list[str]) -> list[str]:
    """Return where a link leads, if it stands at the end of the path."""
    return [] if any(rest) else [posixpath.normpath(posixpath.join(folder or "/", target))]


def _one_more(links: int) -> int:
    """Count a link that is followed."""
    if links >= MAX_LINKS:
        raise OSError(ELOOP, os.strerror(ELOOP))
    return links + 1


def _of_a_process(folder: str, logical: str, view: View) -> str:
    """Return the usual name of a path from which on names are a process's own, ``/proc/self``, wherever that is mounted."""
    if _MAGIC.fullmatch(logical):
        return logical
    name = logical.rpartition("/")[2]
    if not _PROCESS.fullmatch(name) or not _is_procfs(os.lstat(folder or "/"), view):
        return ""
    return "" if name.isdigit() and stat.S_ISLNK(os.lstat(f"{folder}/{name}").st_mode) else f"/proc/{name}"


def _last(physical: str, target: str, view: View) -> FileFact:
    """Return what lies at the end of a path; files of procfs are empty by their size."""
    about = os.lstat(physical)
    found = _fact(about, target)
    empty = found.kind == "regular" and not about.st_size
    return replace(found, kind="procfs") if empty and _is_procfs(about, view) else found


def _own(path: str, view: View) -> FileFact:
    """Return what a path below /proc/PID leads to: a file that the process holds, or text that lies in its memory."""
    match = _LINK.fullmatch(path)
    if match is None:
        return FileFact(kind=special_kind(path, _NOWHERE) or "regular", target=path)
    owner = f"/proc/{match[1]}" if match[1].isdigit() else view.process
    if not owner:
        return FileFact(kind="unknown" if match[2].startswith("fd/") else "regular", target=path)
    return _opened(f"{owner}/{match[2]}", path)


def _elsewhere(link: str, logical: str) -> FileFact:
    """Return what a magic link in a folder of descriptors leads to; a file of a disk counts as a descriptor, but as no stdin."""
    found, name = _opened(link, logical), logical.rpartition("/")[2]
    return (
        replace(found, target=f"/proc/self/fd/{name}")
        if found.kind == "regular" and name.strip("0").isdigit()
        else found
    )


def _opened(link: str, target: str) -> FileFact:
    """Return what a magic link leads to, which is no path."""
    found = _fact(os.stat(link), target)  # noqa: PTH116
    name = os.readlink(link)  # noqa: PTH115
    if found.kind == "regular" and name.endswith(" (deleted)"):
        return replace(found, kind="memfd" if name.startswith("/memfd:") else "deleted")
    return found


def _fact(about: os.stat_result, target: str) -> FileFact:
    """Return what stat(2) says of a file."""
    kind = _KINDS.get(stat.S_IFMT(about.st_mode), "unknown")
    if stat.S_ISCHR(about.st_mode):
        terminal = os.major(about.st_rdev) in TERMINAL_MAJORS
        kind = "null" if about.st_rdev == NULL_DEVICE else "tty" if terminal else "device"
    elif kind == "regular" and about.st_dev == _procfs():
        kind = "procfs"
    return FileFact(kind=kind, target=target, device=about.st_dev, inode=about.st_ino)


@cache
def _procfs() -> int:
    """Return the device of the procfs that is mounted here, 0 where there is none."""
    try:
        return os.stat("/proc/self").st_dev  # noqa: PTH116 - pathlib is slow to load
    except OSError:
        return 0


def _is_procfs(about: os.stat_result, view: View) -> bool:
    """Whether a file lies in a procfs, wherever the process's mounts have one (proc_pid_mountinfo(5))."""
    if about.st_dev == _procfs():
        return True
    if os.major(about.st_dev):
        return False
    number = f"{os.major(about.st_dev)}:{os.minor(about.st_dev)}"
    try:
        with open(f"{view.process or '/proc/self'}/mountinfo", encoding="utf-8", errors="replace") as mounts:  # noqa: PTH123
            return any(f" {number} " in line and line.rpartition(" - ")[2].startswith("proc ") for line in mounts)
    except OSError:
        return False


def _matching(path: str, view: View) -> str:
    """Return the first path that fits a pattern; FileNotFoundError where none does."""
    from fnmatch import fnmatchcase  # noqa: PLC0415 - few paths are patterns

    names = path.split("/")
    at = next(index for index, name in enumerate(names) if "*" in name)
    folder = "/".join(names[:at])
    places = os.scandir(f"{view.root if path.startswith('/') else view.cwd}/{folder}")
    with places as entries:
        fitting = [
            entry.name
            for entry, _ in zip(entries, range(MAX_ENTRIES), strict=False)
            if fnmatchcase(entry.name, names[at])
        ]
    for name in sorted(fitting):
        found = "/".join((*names[:at], name, *names[at + 1 :]))
        if "*" not in found:
            return found
        try:
            return _matching(found, view)
        except OSError:
            continue
    raise FileNotFoundError(path)
