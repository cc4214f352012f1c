"""What a build of another user than root cannot change."""

from __future__ import annotations

import stat
from pathlib import Path


def is_out_of_reach(path: str) -> bool:
    """Whether nobody but root can change what a path leads to: it and all the folders above it are root's."""
    place = Path(path).resolve()
    return all(map(_is_roots, (place, *place.parents)))


def _is_roots(place: Path) -> bool:
    about = place.lstat()
    return about.st_uid == 0 and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
