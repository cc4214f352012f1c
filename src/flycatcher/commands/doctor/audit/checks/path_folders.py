"""Folders of PATH that everybody may write to, or that are relative. Sources: login.defs(5), crontab(5), sudoers(5)."""

from __future__ import annotations

import os
import re
import shlex
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.text import PROGRAMS, lines

if TYPE_CHECKING:
    from collections.abc import Iterator

ID = "writable-path"
WHY = "whoever may write there puts a program in the place of one that others start by its name"
REFERENCES = ("T1574.007", "M1022", "CIS 3.3")
_FILES = ("etc/environment", "etc/login.defs", "etc/crontab", "etc/sudoers", "etc/profile")
_PATH = re.compile(r"(?:^|\s)(?:export\s+)?(?:ENV_(?:SU)?PATH\s+PATH=|secure_path\s*=\s*|PATH=)\"?'?([^\s\"';]+)")


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Look at the folders that files name, at the usual ones, and at this process's own."""
    named = [(f"/{name}", found[1]) for name in _FILES for _, line in lines(root / name) if (found := _named(line))]
    if root == Path("/"):
        named.append(("PATH", os.environ.get("PATH", "")))
    named.append(("the usual folders", ":".join(f"/{folder}" for folder in PROGRAMS)))
    seen = set[str]()
    for source, text in named:
        for folder in text.split(":"):
            if folder not in seen and not folder.startswith("$"):
                seen.add(folder)
                yield from _folder(root, folder, source)


def _named(line: str) -> re.Match[str] | None:
    return None if line.startswith("#") else _PATH.search(line)


def _folder(root: Path, folder: str, source: str) -> Iterator[tuple[str, str, str]]:
    if not folder.startswith("/"):
        if not folder.startswith("~"):
            shown = folder or "an empty entry"
            yield source, f"{shown} in PATH is wherever one stands", f"take it out of PATH in {source}"
        return
    try:
        mode = (root / folder[1:]).stat().st_mode
    except OSError:
        return
    if stat.S_ISDIR(mode) and mode & stat.S_IWOTH:
        yield folder, f"mode {stat.S_IMODE(mode):04o}, in the PATH of {source}", f"chmod o-w -- {shlex.quote(folder)}"
