"""Tables of cron, units of systemd and profiles that others may write."""

from __future__ import annotations

import shlex
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "writable-schedule"
WHY = "whoever may write it has program text run as root, again after each start"
REFERENCES = ("T1053.003", "T1543.002", "M1022", "CIS 3.3")
_FOLDERS = (
    "etc/cron.d",
    "etc/cron.daily",
    "etc/cron.hourly",
    "etc/cron.weekly",
    "etc/cron.monthly",
    "etc/systemd/system",
    "etc/systemd/user",
    "usr/local/lib/systemd",
    "usr/lib/systemd",
    "etc/init.d",
    "etc/profile.d",
    "var/spool/cron/crontabs",
)


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Look at the files and at the folders themselves; links are left out."""
    for name in ("etc/crontab", "etc/anacrontab", "etc/profile", "etc/rc.local", *_FOLDERS):
        place = root / name
        if not place.exists():
            continue
        for file in [place, *(sorted(place.rglob("*")) if place.is_dir() else [])]:
            mode = file.lstat().st_mode
            if not stat.S_ISLNK(mode) and mode & stat.S_IWOTH:
                shown = f"/{file.relative_to(root)}"
                yield shown, f"mode {stat.S_IMODE(mode):04o}", f"chmod o-w -- {shlex.quote(shown)}"
