"""Which configuration applies: only one that no other user than its own, or root, could have written.

A configuration can accept detections. Found in a folder where anyone may write (``/tmp``), it would be a switch that turns
the product off, so the search neither leaves the project nor takes a stranger's file.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flycatcher.core.errors import FlycatcherError
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("flycatcher.toml", ".github/flycatcher.toml", "pyproject.toml")
SIZE_LIMIT = 4 << 20


def nearest(start: Path) -> tuple[Path, bytes] | None:
    """Return the configuration that applies in a folder and its content; a file that is not trusted is reported on stderr."""
    for path in candidates(start):
        if not path.is_file():
            continue
        reason = _distrust(path.lstat())
        if reason and path.name == "pyproject.toml":
            continue
        data, found = (b"", None) if reason else _opened(path)
        if found is not None:
            reason = _distrust(found)
            if not speaks(path, data):
                continue
        if not reason:
            return path, data
        click.echo(
            f"flycatcher: {visible(str(path))}: not read: {reason}; if it is yours, name it with --config", err=True
        )
    return None


def candidates(start: Path, root: Path | None = None) -> Iterator[Path]:
    """Yield the files that may be the configuration, the nearest first; ``root``: where to stop, of the nearest repository else."""
    yield from (place / name for place in _places(start, root) for name in NAMES)


def repositories(start: Path) -> Iterator[Path]:
    """Yield the roots of the working trees that a folder is in, the nearest first."""
    folder = start.resolve()
    yield from (place for place in (folder, *folder.parents) if _is_repository(place))


def repository(start: Path) -> Path | None:
    """Return the root of the working tree that a folder is in, None where it is in none."""
    return next(repositories(start), None)


def _places(start: Path, root: Path | None) -> Iterator[Path]:
    """Yield the folders that are searched: up to the repository's root; without one, up to the working folder at most."""
    folder = start.resolve()
    line = (folder, *folder.parents)
    working = Path.cwd()
    root = root or repository(start) or (working if working in line else folder)
    yield from line[: line.index(root) + 1]


def speaks(path: Path, data: bytes) -> bool:
    """Whether a file of one of the names holds a configuration: a ``pyproject.toml`` may have none."""
    return path.name != "pyproject.toml" or b"[tool.flycatcher" in data


def _is_repository(place: Path) -> bool:
    """Whether a folder is a working tree's root; a ``.git`` of another user does not count."""
    try:
        return not _distrust((place / ".git").lstat())
    except OSError:
        return False


def _distrust(found: os.stat_result) -> str:
    """Return why a file is not trusted, empty where it is; a link has its own owner and no mode."""
    trusted = _trusted()
    if found.st_uid not in trusted:
        return f"it belongs to {_user(found.st_uid)}"
    if stat.S_ISLNK(found.st_mode):
        return ""
    if found.st_mode & stat.S_IWOTH:
        return "anyone may write it"
    if found.st_mode & stat.S_IWGRP and not _private(found.st_gid, trusted):
        return f"the group {_group(found.st_gid)} may write it"
    return ""


def _trusted() -> frozenset[int]:
    """Return the trusted users: this one, root, and the one who called sudo."""
    users = {0, os.geteuid()}
    caller = os.environ.get("SUDO_UID", "")
    if os.geteuid() == 0 and caller.isascii() and caller.isdigit():
        users.add(int(caller))
    return frozenset(users)


def _private(group: int, users: frozenset[int]) -> bool:
    """Whether a group has only trusted members, as the private groups of most distributions."""
    try:
        entry = grp.getgrgid(group)
        names = {pwd.getpwuid(user).pw_name for user in users}
    except KeyError:
        return False
    return entry.gr_name in names and set(entry.gr_mem) <= names


def _user(number: int) -> str:
    """Return a user's name."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _group(number: int) -> str:
    """Return a group's name."""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def content(path: Path) -> bytes:
    """Return a configuration's content. Raises FlycatcherError."""
    return _opened(path)[0]


def _opened(path: Path) -> tuple[bytes, os.stat_result]:
    """Return a file's content and the status of the file that was read. A pipe or a device is not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise FlycatcherError(f"{path}: not a regular file", hint="a configuration is a TOML file")
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint="check the path given to --config") from error
    if len(data) > SIZE_LIMIT:
        raise FlycatcherError(f"{path}: larger than {SIZE_LIMIT >> 20} MiB", hint="this is not a configuration")
    return data, found
