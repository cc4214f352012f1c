"""Copies memory: code that came from no file, and what holds program text. Source: proc_pid_maps(5), proc_pid_mem(5)."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROW = re.compile(rb"([0-9a-f]+)-([0-9a-f]+) (\S{4}) [0-9a-f]+ \S+ (\d+) *(.*)")
PAGE = 1 << 16
"""Bytes that are read at once; what cannot be read is left out in such steps."""
_KERNELS = (b"[vdso]", b"[vsyscall]", b"[vvar")


class Region(Struct, frozen=True):
    """A mapping that is copied."""

    start: int
    end: int
    mode: str
    """``r-xp`` and so on."""
    name: str
    kind: str
    """``code``: executable and of no file that has a name; ``stack``, ``heap``, or ``data``: writable and of no file."""


ORDER = ("code", "stack", "heap", "data")
"""What is copied first, as long as there is room: injected code, arguments and variables, what an interpreter holds."""


def regions(maps: bytes) -> list[Region]:
    """Return the mappings to be copied, by what they are and where; those of the kernel and of files are left out."""
    found = (_region(*row.groups()) for line in maps.splitlines() if (row := _ROW.fullmatch(line)))
    wanted = [region for region in found if region is not None]
    return sorted(wanted, key=lambda region: (ORDER.index(region.kind), region.start))


def _region(start: bytes, end: bytes, mode: bytes, inode: bytes, name: bytes) -> Region | None:
    if not mode.startswith(b"r") or name.startswith(_KERNELS):
        return None
    of_no_file = inode == b"0" or name.startswith(b"/memfd:") or name.endswith(b" (deleted)")
    kind = ""
    if b"x" in mode:
        kind = "code" if of_no_file else ""
    elif name in {b"[stack]", b"[heap]"}:
        kind = name.decode()[1:-1]
    elif mode.startswith(b"rw") and inode == b"0":
        kind = "data"
    return Region(int(start, 16), int(end, 16), mode.decode(), os.fsdecode(name), kind) if kind else None


def content(pid: int, region: Region, room: int) -> bytes:
    """Return a mapping's bytes, up to ``room``; pages that cannot be read end it. Raises OSError where none can."""
    descriptor = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return b"".join(_pages(descriptor, region.start, min(region.end, region.start + room)))
    finally:
        os.close(descriptor)


def _pages(descriptor: int, start: int, end: int) -> Iterator[bytes]:
    at = start
    while at < end:
        try:
            data = os.pread(descriptor, min(PAGE, end - at), at)
        except OSError:
            if at == start:
                raise
            return
        if not data:
            return
        yield data
        at += len(data)
