"""Interpreters that their project mends no longer."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.commands.doctor.audit.lifetimes import LIFETIMES
from flycatcher.commands.doctor.audit.text import programs
from flycatcher.core.interpreters import by_name
from flycatcher.core.interpreters.identity.identify import inspect

if TYPE_CHECKING:
    from collections.abc import Iterator

ID = "end-of-life"
WHY = "holes in it that become known stay open, unless a distribution mends them"
REFERENCES = ("M1051", "CIS 2.2")
_VERSION = re.compile(r"\d+(?:\.\d+)?\Z")


def check(root: Path) -> Iterator[tuple[str, str, str]]:
    """Name the first file of each version; the version is what the file says, else what its name ends with."""
    seen = set[tuple[str, str]]()
    for file in programs(root, "python*", "ruby*", "php*", "node*"):
        if file.is_symlink() and (root != Path("/") or not file.exists()):
            continue  # of an image: it leads out of it
        kind = by_name(file.name)
        version = _version(file)
        known = LIFETIMES.get(kind.id) if kind is not None else None
        ended = known.ends.get(version) if known is not None else None
        if kind is None or known is None or ended is None or (kind.id, version) in seen:
            continue
        seen.add((kind.id, version))
        if ended < _today():
            place = f"/{file.relative_to(root)}"
            evidence = f"{kind.id} {version} has ended on {ended} ({known.source})"
            yield place, evidence, f"install a version that is supported, and remove {kind.id} {version}"


def _version(file: Path) -> str:
    """Return major and minor version; of Node.js, the major one."""
    kind = inspect(file)
    version = kind.version if kind is not None else ""
    found = _VERSION.search(file.name)
    version = version or (found[0] if found else "")
    return version.partition(".")[0] if file.name.startswith("node") else version


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
