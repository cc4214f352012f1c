"""Files that changed lately: what a tree may have written, and what something runs later. Names and facts only, no content.

The time that counts is that of the last change of the inode, which no program can set (inode(7)).
"""

from __future__ import annotations

import os
import pwd
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flycatcher.core.planted_places import place_of
from flycatcher.sources.sensors.procfs import link, mount_namespace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm", "/run")  # noqa: S108 - looked at, not written to
SYSTEM = ("/etc", "/var/spool/cron", "/usr/local/lib/systemd", "/lib/systemd/system", "/usr/share/dbus-1")
"""Where things lie that are run later."""
LATELY = 7 * 86_400.0
"""Seconds within which a change of such a place counts."""
ENTRIES, DEPTH = 50_000, 5
"""Names that are looked at, and folders below one another."""
SECONDS = 5.0
"""How long one list may take."""
LISTED = 2_000
_SKIPPED = frozenset({"node_modules", ".cache", "__pycache__", "site-packages", ".npm", ".cargo", ".rustup"})


def views_of(pids: Iterable[int]) -> dict[str, set[str]]:
    """Return working folders by what stands before their paths: nothing, or /proc/PID/root where other mounts are seen."""
    here, roots = mount_namespace(os.getpid()), dict[int, str]()
    found: dict[str, set[str]] = {}
    for pid in pids:
        space = mount_namespace(pid)
        root = "" if space in {0, here} else roots.setdefault(space, f"/proc/{pid}/root")
        folder = link(f"/proc/{pid}/cwd")
        found.setdefault(root, set()).update({folder} - {"", "/"})
    return found


def written(views: dict[str, set[str]], since: float) -> Iterator[dict[str, Any]]:
    """Yield files that changed since a time (seconds since 1970), of working folders and of where everybody may write."""
    folders = [f"{root}{folder}" for root, own in views.items() for folder in (*sorted(own), *TEMPORARY)]
    for path, about in _walked(folders):
        if about.st_ctime >= since and not stat.S_ISDIR(about.st_mode):
            yield _facts(path, about)


def planted(views: Iterable[str], uids: Iterable[int], since: float) -> Iterator[dict[str, Any]]:
    """Yield changed cron tables, units, profiles, hooks and the like of the system and of these users, with who runs them."""
    homes = [home for uid in sorted(uids) if (home := _home(uid))]
    for path, about in _walked([f"{root}{folder}" for root in views for folder in (*SYSTEM, *homes)]):
        place = place_of(path) if about.st_ctime >= since and not stat.S_ISDIR(about.st_mode) else None
        if place is not None:
            yield {**_facts(path, about), "runs": place.sentence}


def _home(uid: int) -> str:
    try:
        home = pwd.getpwuid(uid).pw_dir
    except KeyError:
        return ""
    return home if home.count("/") > 1 or home == "/root" else ""


def _facts(path: str, about: os.stat_result) -> dict[str, Any]:
    facts = {"path": path, "mode": stat.filemode(about.st_mode), "bytes": about.st_size, "uid": about.st_uid}
    return {**facts, "modified": about.st_mtime, "changed": about.st_ctime}


def _walked(folders: Iterable[str]) -> Iterator[tuple[str, os.stat_result]]:
    """Yield what lies below folders, breadth first, links as links, within the bounds."""
    until, seen, count = time.monotonic() + SECONDS, set[str](), 0
    waiting = [(folder, 0) for folder in dict.fromkeys(folders)]
    for folder, depth in waiting:
        if folder in seen or Path(folder).is_symlink():
            continue
        seen.add(folder)
        for entry, about in _entries(folder):
            count += 1
            if count > ENTRIES or time.monotonic() > until:
                return
            yield entry.path, about
            is_folder = stat.S_ISDIR(about.st_mode)
            if is_folder and depth < DEPTH and entry.name not in _SKIPPED:
                waiting.append((entry.path, depth + 1))


def _entries(folder: str) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    yield entry, entry.stat(follow_symlinks=False)
                except OSError:
                    continue
    except OSError:
        return
