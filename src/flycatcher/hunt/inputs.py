"""Which files are asked: files, folders, globs, standard input; rotated files of one log belong together, the oldest first."""

from __future__ import annotations

import glob
import os
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

STDIN = "-"
_PACKED = re.compile(r"\.(?:gz|bz2|xz|zst|lz4)$")
_NUMBERED = re.compile(r"\.(\d{1,4})$")
_DATED = re.compile(r"[-.](\d{8}(?:[-T]?\d{2,6})?|\d{4}-\d\d-\d\d(?:[-T_][\d:-]+)?)$")


class Series(Struct, frozen=True):
    """The files of one log in the order in which they were written."""

    name: str
    paths: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes of all files, as they are on the disk; 0 for standard input."""
        return sum(_size(path) for path in self.paths)


def series(paths: Sequence[str], apart: Iterable[str] = ()) -> list[Series]:
    """Return the logs that are to be read. Raises FlycatcherError where a path leads to nothing.

    ``apart``: files that this hunt itself writes, which would never end as its input.
    """
    own = {os.path.realpath(path) for path in apart}
    found: dict[str, list[str]] = {}
    for path in paths:
        if path == STDIN:
            found[STDIN] = [STDIN]
            continue
        for file in _files(path):
            known = found.setdefault(_stem(file), [])
            if file not in known and (not own or os.path.realpath(file) not in own):
                known.append(file)
    return [Series(name, rotated(files)) for name, files in found.items() if files]


def together(files: Iterable[str]) -> list[Series]:
    """Return the logs that files are of, in the order in which their first files come."""
    found: dict[str, list[str]] = {}
    for file in files:
        found.setdefault(_stem(file), []).append(file)
    return [Series(name, rotated(members)) for name, members in found.items()]


def rotated(files: Iterable[str]) -> tuple[str, ...]:
    """Return the files of one log, the oldest first."""
    return tuple(sorted(files, key=_age))


def _files(path: str) -> Iterable[str]:
    """Yield the files that a path names."""
    if os.path.isdir(path):
        return _walk(path)
    if os.path.lexists(path):
        return [path]
    matched = sorted(glob.glob(path, recursive=True))
    if not matched:
        raise FlycatcherError(
            f"{path}: no such file", hint="give a log, a folder, a glob, or - for standard input", code=3
        )
    return [file for each in matched for file in (_walk(each) if os.path.isdir(each) else [each])]


def _walk(folder: str) -> Iterator[str]:
    """Yield what is in a folder and below it, by name; links to folders are not followed."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            yield os.path.join(root, name)


def _stem(path: str) -> str:
    """Return the name that all rotated files of a log share."""
    bare = _PACKED.sub("", path)
    return _DATED.sub("", _NUMBERED.sub("", bare)) if bare != path or _rotated(bare) else path


def _rotated(path: str) -> bool:
    """Whether a name is one that rotation gives."""
    return bool(_NUMBERED.search(path) or _DATED.search(path))


def _age(path: str) -> tuple[int, str, int]:
    """Return what sorts rotated files, the oldest first: dates, then numbers from high to low, then the one without any."""
    bare = _PACKED.sub("", path)
    if (dated := _DATED.search(bare)) is not None:
        return 0, dated[1], 0
    numbered = _NUMBERED.search(bare)
    return (1, "", -int(numbered[1])) if numbered is not None else (2, path, 0)


def _size(path: str) -> int:
    """Return a file's size, 0 where it cannot be told."""
    try:
        return os.stat(path).st_size if path != STDIN else 0
    except OSError:
        return 0
