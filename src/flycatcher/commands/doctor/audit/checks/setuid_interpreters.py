"""Interpreters with the setuid or setgid bit."""

from __future__ import annotations

import shlex
import stat
from typing import TYPE_CHECKING

from flycatcher.core.interpreters import by_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "setuid-interpreter"
WHY = "whoever may start it runs any program text with the rights of the file's owner or group (ATT&CK T1548.001)"
_FOLDERS = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin")


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Look through the usual folders; a link counts as what it leads to only where that lies in one of them."""
    for folder in _FOLDERS:
        if not (root / folder).is_dir() or (root / folder).is_symlink():
            continue
        for file in sorted((root / folder).iterdir()):
            mode = file.lstat().st_mode
            if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID) and by_name(file.name):
                place = f"/{folder}/{file.name}"
                yield place, f"mode {stat.S_IMODE(mode):04o}", f"chmod u-s,g-s -- {shlex.quote(place)}"
