"""Interpreters with the setuid or setgid bit."""

from __future__ import annotations

import shlex
import stat
from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.text import PROGRAMS
from flycatcher.core.interpreters import by_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "setuid-interpreter"
WHY = "whoever may start it runs any program text with the rights of the file's owner or group"
REFERENCES = ("T1548.001", "M1026", "M1028")
_AS_CALLER = frozenset({"at"})
"""Their bit is for writing to a spool; the text runs as whoever called (at(1))."""


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Look through the usual folders; a link counts as what it leads to only where that lies in one of them."""
    for folder in sorted(PROGRAMS):
        if not (root / folder).is_dir() or (root / folder).is_symlink():
            continue
        for file in sorted((root / folder).iterdir()):
            mode = file.lstat().st_mode
            kind = by_name(file.name)
            if kind is None or kind.id in _AS_CALLER:
                continue
            if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                place = f"/{folder}/{file.name}"
                yield place, f"mode {stat.S_IMODE(mode):04o}", f"chmod u-s,g-s -- {shlex.quote(place)}"
