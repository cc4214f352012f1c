"""Reading settings: files of a line for each, and of INI's form. Bounded, and never through a pipe or a device."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Found = tuple[str, str, str]
"""Place, evidence and fix of a problem."""
LIMIT = 4 << 20
PROGRAMS = ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin")
"""Where programs lie."""


def content(path: Path) -> str | None:
    """Return a regular file's text, None where there is none. Raises OSError where it may not be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return os.read(descriptor, LIMIT).decode("utf-8", "replace")
    finally:
        os.close(descriptor)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield a file's lines with their numbers, without blanks at both ends; nothing where there is no file."""
    yield from ((number, line.strip()) for number, line in enumerate((content(path) or "").splitlines(), 1))


def settings(path: Path, *, comments: str = "#;") -> Iterator[tuple[int, str, str, str]]:
    """Yield line, section, name and value of a file such as npmrc(5) or pip.conf; the value of a list is one line each."""
    section = name = ""
    for number, line in lines(path):
        if not line or line[0] in comments:
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip().lower()
            continue
        head, sign, value = line.partition("=")
        if sign:
            name = head.strip().lower()
        yield number, section, name, (value if sign else line).strip().strip("\"'")


def programs(root: Path, *names: str) -> list[Path]:
    """Return the files below a root's program folders that have one of these names (patterns of fnmatch(3))."""
    return [file for folder in PROGRAMS for name in names for file in sorted((root / folder).glob(name))]
