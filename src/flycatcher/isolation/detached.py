"""A process's own copy of the files that it is mapped from: whoever writes into one of them changes nothing here.

Pages of a library that nobody has written to are those of the file itself. A build that may write to the environment of the
one that judges it could put code there while that runs, without replacing a file or loading a module.
Sources: mmap(2) (MAP_PRIVATE: whether changes of the file are visible is unspecified; on Linux they are), mremap(2), proc(5).
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.isolation.reach import is_out_of_reach

if TYPE_CHECKING:
    from collections.abc import Iterator

PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4
MAP_PRIVATE, MAP_ANONYMOUS = 0x02, 0x20
MREMAP_MAYMOVE, MREMAP_FIXED = 1, 2
FAILED = ctypes.c_void_p(-1).value
MADV_POPULATE_WRITE = 23
"""Linux 5.14: give each page its private copy, as a write to it would."""
_PIECE = 1 << 24
_PAGE = os.sysconf("SC_PAGE_SIZE")

_libc = ctypes.CDLL(None, use_errno=True)
_word, _address = ctypes.c_size_t, ctypes.c_void_p
_libc.mmap.argtypes = (_address, _word, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
_libc.mmap.restype = _libc.mremap.restype = _address
_libc.mremap.argtypes = (_address, _word, _word, ctypes.c_int, _address)
_libc.munmap.argtypes = (_address, _word)
_libc.mprotect.argtypes = (_address, _word, ctypes.c_int)
_libc.madvise.argtypes = (_address, _word, ctypes.c_int)
_libc.process_vm_readv.argtypes = (ctypes.c_int, _address, ctypes.c_ulong, _address, ctypes.c_ulong, ctypes.c_ulong)
_libc.process_vm_readv.restype = ctypes.c_ssize_t


class _Mapping(NamedTuple):
    """A piece of this process's memory that is a file's."""

    start: int
    size: int
    access: int
    path: str


class _Vector(ctypes.Structure):
    """Struct iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def detach(build_uid: int) -> list[str]:
    """Copy whatever a build of this user could change; return the paths of what could not be copied, which stay as they were."""
    known: dict[str, bool] = {}
    left = []
    for mapping in list(_mappings()):
        path = mapping.path
        if path not in known:
            known[path] = build_uid != 0 and _is_safe(path)
        if not known[path] and not _copy(mapping) and path not in left:
            left.append(path)
    return left


def _is_safe(path: str) -> bool:
    try:
        return is_out_of_reach(path)
    except OSError:
        return False


def _mappings() -> Iterator[_Mapping]:
    """Yield what is mapped from files and may be read; what is shared is meant to change."""
    with Path("/proc/self/maps").open(encoding="utf-8", errors="surrogateescape") as handle:
        for line in handle:
            place, access, _, _, _, *name = line.rstrip("\n").split(None, 5)
            if name and name[0].startswith("/") and access[0] == "r" and access[3] == "p":
                start, _, end = place.partition("-")
                bits = (PROT_READ, PROT_WRITE if access[1] == "w" else 0, PROT_EXEC if access[2] == "x" else 0)
                yield _Mapping(int(start, 16), int(end, 16) - int(start, 16), sum(bits), name[0])


def _copy(mapping: _Mapping) -> bool:
    """Put a copy in a mapping's place, in one step; False where that is refused (memory that is written and then run, selinux(8)).

    What this process itself writes to meanwhile is copied by the kernel, page by page, where it lies.
    """
    if mapping.access & PROT_WRITE:
        if _libc.madvise(mapping.start, mapping.size, MADV_POPULATE_WRITE):
            for page in range(mapping.start, mapping.start + mapping.size, _PAGE):
                ctypes.memmove(page, page, 1)
        return True
    copy = _libc.mmap(None, mapping.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    if copy == FAILED:
        return False
    _fill(copy, mapping)
    if _libc.mprotect(copy, mapping.size, mapping.access) == 0:
        moved = _libc.mremap(copy, mapping.size, mapping.size, MREMAP_MAYMOVE | MREMAP_FIXED, mapping.start)
        if moved == mapping.start:
            return True
    _libc.munmap(copy, mapping.size)
    return False


def _fill(copy: int, mapping: _Mapping) -> None:
    """Copy as far as there is something: a file may be shorter than its mapping."""
    done = 0
    while done < mapping.size:
        size = min(_PIECE, mapping.size - done)
        local, remote = _Vector(copy + done, size), _Vector(mapping.start + done, size)
        got = _libc.process_vm_readv(os.getpid(), ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)
        if got <= 0:
            return
        done += got
