"""What it is worth where files lie that a text writes, deletes or makes executable: a build works in its own folder all day.

Relative paths and paths below the working folder weigh nothing; temporary and unknown ones half; others all of it, and those that
belong to the system, to a user's settings, or to a machine's tool cache more. Without a working folder, relative is inside.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.payload.commands import writable_program
from flycatcher.core.payload.conditions import TEMPORARY
from flycatcher.core.payload.touched import PLACED
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.core.payload.model import Capability

INSIDE, ASIDE, OUTSIDE, SENSITIVE = range(4)
EXTRA = 10
"""Points that a sensitive place adds to a capability's own."""
OWN = 15
"""Points of a program that lies in somebody's own folder: of a virtual environment, below a home directory."""
_HARMLESS = lazy(r"/dev/(?:null|stdout|stderr|tty|fd/\d+)$|&?\d*-?$")
_TEMPORARY = lazy(TEMPORARY)
_SYSTEM = lazy(r"/(?:etc|usr|bin|sbin|lib\w*|boot|opt/hostedtoolcache)(?:/|$)")
_SETTINGS = lazy(
    r"\.(?:ssh|bash\w*|profile|zsh\w*|zprofile|zlogin|config|netrc|npmrc|pypirc|gitconfig|git-credentials|gnupg|aws|kube|docker|"
    r"local|pam_environment|xinitrc|xprofile|forward|rhosts|cargo|gem|m2|vimrc|emacs\w*)(?:/|$)"
)
_PROJECT = lazy(r"(?:.*/)?\.(?:git|github|gitlab-ci\.yml|circleci|husky|vscode|devcontainer)(?:/|$)")
"""Files of a project that make somebody's machine run something."""
_PLACEHOLDER = lazy(r"/(?:(?:full|absolute|some)/)?path/to/")
"""What manuals write where any path may stand: as little is known of it as of a path that is not in the text."""
_SHALLOW = lazy(r"/(?:home|root|tmp|var|var/tmp|etc|usr|opt|srv|mnt|run)?$")
"""Folders that are nobody's own: what lies below them is not below a project."""
_UP = 2
"""Folders above the working one that still belong to its project: builds run in a folder of their own below the sources."""
IN_ITS_OWN_FOLDER = ", in its own folder"
_TELLS = {INSIDE: IN_ITS_OWN_FOLDER, ASIDE: "", OUTSIDE: "", SENSITIVE: ", among the system's or a user's settings"}


class Weighed(NamedTuple):
    """What a capability is worth where it happens."""

    points: int
    text: str


def weigh(found: Capability, cwd: str) -> Weighed:
    """Return a capability's points and sentence, by the worst of the places that it touches."""
    if found.id not in PLACED or not found.paths:
        return Weighed(found.points, found.sentence)
    worst = max(rank(path, cwd) for path in found.paths)
    if found.id == "file.read":
        return (
            Weighed(0, found.sentence + IN_ITS_OWN_FOLDER) if worst == INSIDE else Weighed(found.points, found.sentence)
        )
    if found.id == "process.spawn-file":
        return Weighed(found.points if any(_is_anybodys(path, cwd) for path in found.paths) else OWN, found.sentence)
    points = {INSIDE: 0, ASIDE: found.points // 2, OUTSIDE: found.points, SENSITIVE: found.points + EXTRA}[worst]
    return Weighed(points, found.sentence + _TELLS[worst])


def _is_anybodys(path: str, cwd: str) -> bool:
    """Whether a program may be anybody's: it lies where anybody may write, is hidden, in memory or nowhere known."""
    if rank(path, cwd) == INSIDE:
        return False
    if UNKNOWN in path or _PLACEHOLDER.match(path):
        return True
    return writable_program(path) or path.startswith("/proc/")


def rank(path: str, cwd: str) -> int:
    """Return how far out a path lies, seen from the working folder (empty where that is not known)."""
    if _HARMLESS.match(path):
        return INSIDE
    if UNKNOWN in path:
        return SENSITIVE if _SETTINGS.match(path.rpartition(UNKNOWN)[2].lstrip("/")) else ASIDE
    if path.startswith("~"):
        return SENSITIVE if _SETTINGS.match(path.partition("/")[2]) else OUTSIDE
    if not path.startswith("/"):
        return _relative(path, cwd)
    return _absolute(posixpath.normpath(path), cwd)


def _relative(path: str, cwd: str) -> int:
    if _PROJECT.match(path):
        return OUTSIDE
    if cwd:
        return _absolute(posixpath.normpath(posixpath.join(cwd, path)), cwd)
    ups = posixpath.normpath(path).split("/").count("..")
    return INSIDE if ups <= _UP else OUTSIDE


def _absolute(path: str, cwd: str) -> int:
    if _below_any(path, _own_folders(cwd)):
        return OUTSIDE if _PROJECT.match(path) else INSIDE
    if _SYSTEM.match(path) or _SETTINGS.match(_in_a_home(path)):
        return SENSITIVE
    return ASIDE if _TEMPORARY.match(path) else OUTSIDE


def _own_folders(cwd: str) -> Iterable[str]:
    """Yield the working folder and those above that still are the project's; none where it is nobody's own."""
    folder = posixpath.normpath(cwd) if cwd else "/"
    for _ in range(_UP + 1):
        if _SHALLOW.match(folder) or posixpath.dirname(folder) == "/home":
            return
        if _SYSTEM.match(folder) and not folder.startswith(("/root/", "/usr/src/", "/usr/local/src/")):
            return
        yield folder
        folder = posixpath.dirname(folder)


def _below_any(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


def _in_a_home(path: str) -> str:
    """Return what a path names in a home directory, empty outside of those."""
    match = re.match(r"/(?:root|home/[^/]+|Users/[^/]+)/(.*)", path)
    return match[1] if match is not None else ""
