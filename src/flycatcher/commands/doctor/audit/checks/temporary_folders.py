"""Folders that everybody may write to, and what their mounts allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "temporary-folder"
WHY = "a payload is written where everybody may write, and run from there"
REFERENCES = ("T1059", "M1038", "CIS 4.1")
_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - looked at, not written to


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Read the mounts (proc_pid_mounts(5)); the last one of a folder counts.

    A folder that is no mount has no options of its own.
    """
    mounts = root / "proc/self/mounts"
    if not mounts.exists():
        return
    options: dict[str, set[str]] = {}
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        fields = line.split(" ")
        if len(fields) > 3:
            options[fields[1]] = set(fields[3].split(","))
    for folder in _FOLDERS:
        lacking = {"noexec", "nosuid"} - options.get(folder, set())
        if lacking and (root / folder[1:]).is_dir():
            evidence = f"mounted without {', '.join(sorted(lacking))}" if folder in options else "no mount of its own"
            how = "remount" if folder in options else "bind"
            fix = f"mount -o {how},noexec,nosuid {folder}"
            if how == "bind":
                fix = f"mount --bind {folder} {folder} && mount -o remount,bind,noexec,nosuid {folder}"
            yield folder, evidence, fix
