"""What a command changed below a folder: the tree before and after, read without following links."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

READ_BYTES = 4 << 20
"""What is read of one file, from its beginning."""
READ_ALL_BYTES = 256 << 20
"""What is read of all files together."""

Tree = dict[str, tuple[int, ...]]
"""Paths below the folder; mode, inode, size and change time, which no program can set (inode(7)); of folders the mode only."""


class Changes(Struct, frozen=True):
    """Paths below the folder, sorted."""

    added: list[str]
    changed: list[str]
    removed: list[str]


def tree(folder: Path) -> Tree:
    """Return what is below a folder."""
    found: Tree = {}
    for base, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = os.path.join(base, name)  # noqa: PTH118 - many files
            state = os.lstat(path)
            own = () if stat.S_ISDIR(state.st_mode) else (state.st_ino, state.st_size, state.st_ctime_ns)
            found[os.path.relpath(path, folder)] = (state.st_mode, *own)
    return found


def changes(before: Tree, after: Tree) -> Changes:
    """Return the difference of two readings."""
    return Changes(
        added=sorted(after.keys() - before.keys()),
        changed=sorted(path for path in after.keys() & before.keys() if after[path] != before[path]),
        removed=sorted(before.keys() - after.keys()),
    )


def contents(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield names and contents of regular files, within the bounds; the text is ISO 8859-1, byte for byte."""
    left = READ_ALL_BYTES
    for name in names:
        data = _content(folder / name, min(READ_BYTES, left))
        left -= len(data)
        if data:
            yield name, data.decode("latin-1")


def _content(path: Path, limit: int) -> bytes:
    """Return the beginning of a regular file; nothing of another one, nor of one that cannot be opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return b""
    with os.fdopen(descriptor, "rb") as file:
        return file.read(limit)
