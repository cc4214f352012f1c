"""Interpreters that every user of a container may start."""

from __future__ import annotations

import shlex
import stat
from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.text import programs
from flycatcher.core.interpreters import by_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "container-interpreter"
WHY = "an image that needs no interpreter at run time gives code on the fly nothing to run in"
REFERENCES = ("T1059", "M1042", "M1038", "CIS 4.8", "CIS 2.7")
_MARKS = (".dockerenv", "run/.containerenv")
"""Files that Docker and Podman put into a container."""


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Name the scripting interpreters, all in one problem; whether the image needs them, only its owner knows."""
    if not any((root / mark).exists() for mark in _MARKS):
        return
    found = dict(_startable(root))
    if found:
        names = ", ".join(f"{name} ({place})" for name, place in found.items())
        files = " ".join(map(shlex.quote, found.values()))
        yield (
            "/",
            f"every user of this container may start {names}",
            f"chmod o-x -- {files}, or build the image without",
        )


def _startable(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the id and a file of each interpreter that everybody may execute."""
    for file in programs(root, "*"):
        kind = by_name(file.name)
        mode = file.lstat().st_mode
        if kind is not None and kind.kind == "scripting" and stat.S_ISREG(mode) and mode & stat.S_IXOTH:
            yield kind.id, f"/{file.relative_to(root)}"
