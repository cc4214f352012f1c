"""What the executed files are: asked once of each file's content, remembered here and in the kernel's map."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters import by_id
from flycatcher.core.interpreters.identity.identify import FileKind, examine_fd
from flycatcher.core.interpreters.identity.marked import named_only
from flycatcher.sources.sensors.ebpf import libbpf, wire
from flycatcher.sources.sensors.ebpf.executed import Opened, open_path, open_running
from flycatcher.sources.sensors.procfs import bounded

if TYPE_CHECKING:
    from flycatcher.sources.sensors.ebpf.libbpf import Map
    from flycatcher.sources.sensors.ebpf.pieces import Pieces

_KNOWN = 16384
_SETTLED = 50_000_000
"""Nanoseconds since a file's last change before it is dropped in the kernel: file times move in ticks of up to 10 ms, so a
file that has only just changed could change again and keep its key."""
_OF_INTEREST = frozenset({"loader", "launcher", "emulator", "named"})
_OVERLAYFS = 0x794C7630
_DATED = frozenset(
    {
        # include/uapi/linux/magic.h, and the file systems' own headers: ext2-4, xfs, btrfs, tmpfs, ramfs, squashfs, erofs,
        # f2fs, zfs, bcachefs, iso9660, jfs
        *(0xEF53, 0x58465342, 0x9123683E, 0x01021994, 0x858458F6, 0x73717368, 0xE0F5E1E2),
        *(0xF2F52010, 0x2FC12FC1, 0xCA451A4E, 0x9660, 0x3153464A, _OVERLAYFS),
    }
)
"""File systems on which this kernel sets ctime at each change. On all others (FUSE, network) a server sets it as it likes."""
_INITIAL_USER_NS = 0xEFFFFFFD  # include/uapi/linux/nsfs.h, USER_NS_INIT_INO


_NOTHING: tuple[FileKind | None, bool] = (None, False)


def is_dated(part: wire.ExecPart) -> bool:
    """Whether a change of the file's content is certain to change its key.

    An overlay does not notice what is written underneath it; where somebody else than root has mounted it, that may be done.
    """
    return part.magic in _DATED and (part.magic != _OVERLAYFS or part.owner_ns == _INITIAL_USER_NS)


class Verdicts:
    """Identity of files by the kernel's key (inode, ctime, device, generation)."""

    def __init__(self, kernel: Map, *, hosts: bool = False) -> None:
        """``kernel`` is map ``verdicts``; ``hosts`` as in :func:`named_only`."""
        self._kernel, self._hosts = kernel, hosts
        self._known: OrderedDict[bytes, FileKind] = OrderedDict()

    def of(self, part: wire.ExecPart, pieces: Pieces) -> FileKind | None:
        """Return what an executed file is; None where it is gone and was never inspected."""
        if not is_dated(part):
            return bounded.call(_look_anew, part, pieces, default=None)
        key = part.file_key
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            if part.verdict == wire.UNKNOWN:
                self._tell(part, known)  # the kernel's map had no room for it, or it had not settled
            return known
        settled = _is_settled(part)  # before the look: a change after it has another key
        kind, unchanged = _look(open_running(part))
        if kind is None:
            # the path may lead over a FUSE mount, even where the file itself does not lie on one
            kind, unchanged = bounded.call(_look_at_path, part, pieces, default=_NOTHING)
        if kind is not None and not kind.interpreter and named_only(pieces.exe, pieces.filename, hosts=self._hosts):
            kind = replace(kind, role="named")
        if kind is not None and unchanged and settled:
            self._tell(part, kind)
            self._known[key] = _shared(kind)
            if len(self._known) > _KNOWN:
                self._known.popitem(last=False)
        return kind

    def _tell(self, part: wire.ExecPart, kind: FileKind) -> None:
        """Put a verdict into the kernel's map."""
        self._kernel.put(part.file_key, libbpf.number(verdict(kind)))


def _is_settled(part: wire.ExecPart) -> bool:
    """Whether the file cannot change any more under the same key."""
    age = abs(time.time_ns() - part.changed * 1_000_000_000 - part.changed_ns)
    return age >= _SETTLED and part.links > 0


@lru_cache(256)
def _shared(kind: FileKind) -> FileKind:
    """Return the same object for equal kinds: thousands of files are nothing in particular."""
    return kind


def _look(opened: Opened | None) -> tuple[FileKind | None, bool]:
    if opened is None:
        return _NOTHING
    try:
        return examine_fd(opened.descriptor), opened.unchanged
    finally:
        os.close(opened.descriptor)


def _look_at_path(part: wire.ExecPart, pieces: Pieces) -> tuple[FileKind | None, bool]:
    return _look(open_path(part, pieces))


def _look_anew(part: wire.ExecPart, pieces: Pieces) -> FileKind | None:
    """Look at a file's content whatever is remembered of it."""
    opened = open_running(part) or open_path(part, pieces)
    if opened is None:
        return None
    try:
        return examine_fd(opened.descriptor)
    finally:
        os.close(opened.descriptor)


def verdict(kind: FileKind) -> int:
    """Return a file's verdict for the kernel's map."""
    if kind.interpreter:
        interpreter = by_id(kind.interpreter)
        return wire.SCRIPTING if interpreter is not None and interpreter.kind == "scripting" else wire.INTERPRETER
    return wire.INTERPRETER if kind.role in _OF_INTEREST else wire.OTHER
