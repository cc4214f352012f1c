"""What a path in a word says about where text comes from: a descriptor, a FIFO, procfs, a URL, or a place that anyone may write to.

A path by itself tells of the names that every system has; what else it leads to, a source may have told (``Execution.files``).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from flycatcher.core.execution import Execution, FileFact, FileKind

_DESCRIPTOR = lazy(r"/proc/(?:self|thread-self|\d+)/fd/(0|[1-9]\d{0,8})$")
_NAMES_DESCRIPTOR = lazy(r"(?:\d|/?std(?:in|out|err))$")
_PROCESS = lazy(r"/proc/(?:self|thread-self|\d+)")
_DEVICES = {"/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1",
            "/dev/stderr": "/proc/self/fd/2"}  # fmt: skip
_ANY_PROCESS = lazy(r"/proc/\d+/fd/")
_COMPONENTS = 256
"""Of a path, links followed: the kernel takes 40 links and 4096 bytes."""
_PROCFS = lazy(r"/proc/(?!self/exe$|\d+/exe$|(?:self|\d+)/map_files/).")
_TERMINAL = lazy(r"/dev/(?:tty[A-Za-z]*\d*|console|pts/\d+)")
_SPECIAL: frozenset[FileKind] = frozenset({"fifo", "socket", "tty", "device", "procfs", "memfd", "deleted"})
_FLOWING: frozenset[FileKind] = frozenset({"fifo", "socket", "tty", "device"})
_VOLATILE = lazy(r"/(?:tmp|var/tmp|dev/shm|run/shm)/|/memfd:")
_URL = lazy(r"[A-Za-z][A-Za-z0-9+.-]+:")


def absolute(path: str, cwd: str) -> str:
    """Return the path as the kernel would walk it, through the links that every system has below /dev and /proc.

    Source: Linux, Documentation/filesystems/proc.rst.
    """
    full = posixpath.join(cwd or "/", path)
    if "/dev/" in full or "/proc/" in full:
        return _walked(full.split("/"), cwd or "/")
    full = posixpath.normpath(full)
    return full[1:] if full.startswith("//") else full


def _walked(names: list[str], cwd: str) -> str:
    """Walk a path's names from the root."""
    at = ""
    rest = names[::-1]
    for _ in range(_COMPONENTS):
        if not rest:
            break
        name = rest.pop()
        if name in ("", "."):
            continue
        at = at.rpartition("/")[0] if name == ".." else f"{at}/{name}"
        if at in _DEVICES:
            at = _DEVICES[at]
        elif name in ("root", "cwd") and _PROCESS.fullmatch(at.rpartition("/")[0]):
            at, target = "", "" if name == "root" else cwd
            rest += target.split("/")[::-1]
        elif at.endswith(f"/task/{name}") and _PROCESS.fullmatch(at.rpartition("/task/")[0]):
            at = at.rpartition("/task/")[0] if name.isdigit() else at
    return at or "/"


def fact_of(path: str, execution: Execution) -> FileFact | None:
    """Return what a source has told about a path, or about the folder that it lies in; None where nothing is told."""
    files = execution.files
    if not files or not path:
        return None
    for name in dict.fromkeys((posixpath.join(execution.cwd, path), path, posixpath.normpath(path))):
        found = files.get(name)
        if found is not None:
            return found
        folder, rest = posixpath.split(name)
        while folder.strip("/"):
            found = files[folder] if folder in files else None  # noqa: SIM401 - only the path itself is asked for
            if found is not None and found.target:
                return replace(found, kind="unknown", target=f"{found.target}/{rest}")
            folder, _, last = folder.rpartition("/")
            rest = f"{last}/{rest}"
    return None


def target_of(path: str, execution: Execution) -> str:
    """Return where a path leads by what a source has told; the path itself where nothing is told."""
    found = fact_of(path, execution) if execution.files else None
    return found.target or path if found is not None else path


def descriptor_of(path: str, execution: Execution) -> int | None:
    """Return the descriptor that a path names (/dev/fd/N, /proc/self/fd/N, /dev/stdin, a link to one), None for other paths."""
    path, cwd = target_of(path, execution), execution.cwd
    if not path or _NAMES_DESCRIPTOR.search(path) is None:
        return None
    if "/" not in path and not cwd.startswith(("/dev", "/proc")):
        return None
    match = _DESCRIPTOR.match(absolute(path, cwd))
    return None if match is None else int(match[1])


def special_kind(path: str, execution: Execution) -> FileKind | None:
    """Return what a path names that is neither a file of a disk nor a descriptor: a FIFO, a terminal, procfs; else None."""
    found = fact_of(path, execution) if execution.files else None
    if found is not None and found.kind in _SPECIAL:
        return found.kind
    path = found.target or path if found is not None else path
    if "/proc" not in path and "/dev" not in path and not execution.cwd.startswith(("/proc", "/dev")):
        return None
    full = absolute(path, execution.cwd)
    if _PROCFS.match(full) is not None:
        return "procfs"
    return "tty" if _TERMINAL.fullmatch(full) is not None else None


def is_special(path: str, execution: Execution) -> bool:
    """Whether a path names no file that could be reviewed: a descriptor, a FIFO, a socket, a terminal, procfs, memory."""
    return bool(path) and (descriptor_of(path, execution) is not None or special_kind(path, execution) is not None)


def is_flowing(path: str, execution: Execution) -> bool:
    """Whether what a path gives is gone once it was read, and has no size: a FIFO, a terminal, a pipe on stdin."""
    if descriptor_of(path, execution) == 0:
        return execution.stdin in ("pipe", "socket", "tty")
    return special_kind(path, execution) in _FLOWING


def may_start_unseen(path: str, execution: Execution, starts: Callable[[str], object]) -> bool:
    """Whether a path is a FIFO or another thing that is no file, whose text ``starts`` something, or is not known."""
    if descriptor_of(path, execution) is not None or special_kind(path, execution) is None:
        return False
    found = fact_of(path, execution)
    return found is None or found.text is None or bool(starts(found.text))


def is_volatile(path: str, execution: Execution) -> bool:
    """Whether a path lies where anyone may write, in memory, or is unlinked."""
    path = target_of(path, execution)
    return path.endswith(" (deleted)") or _VOLATILE.match(absolute(path, execution.cwd)) is not None


def is_planted(folder: str, name: str, execution: Execution) -> bool:
    """Whether a file that is looked for in a folder may be one that anyone has put there.

    Of a folder that is named from the root it is believed as long as no source says that there is no such file; a relative one
    counts where a source has seen the file.
    """
    path = f"{folder.rstrip('/')}/{name}" if folder else name
    found = fact_of(path, execution)
    if found is not None and found.kind == "missing":
        return False
    seen = found is not None and found.kind in ("regular", "directory")
    return is_special(path, execution) or (is_volatile(path, execution) and (seen or folder.startswith("/")))


def planted_path(folders: Iterable[str], names: Sequence[str], execution: Execution) -> str:
    """Return the first path of a search, names within folders, that may be a file which anyone has put there; else an empty text.

    Each path of the search is asked about, so that a source that is to look at them looks at all of them.
    """
    found = [
        f"{folder.rstrip('/')}/{name}"
        for folder in folders
        for name in names
        if folder and is_planted(folder, name, execution)
    ]
    return found[0] if found else ""


def is_url(path: str) -> bool:
    """Whether a word is a URL with a scheme of two letters or more (``data:``, ``https:``)."""
    return _URL.match(path) is not None


def names_process(path: str) -> bool:
    """Whether a path goes through the descriptors of a process that is named by its number: it may be another one."""
    return _ANY_PROCESS.search(path) is not None
