"""How reports write paths: from the root of the repository, whatever folder the scan was started in."""

from __future__ import annotations

import os
from pathlib import Path


class Root:
    """The folder of the scan, seen from the root of its repository."""

    def __init__(self, prefix: str = "") -> None:
        """``prefix``: POSIX path of the scan's folder below the root, empty at the root or outside of a repository."""
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/.") else ""

    def path(self, path: str) -> str:
        """Return a path as the report has it; absolute ones stay."""
        return path if path.startswith("/") else self._prefix + path.removeprefix("./")


def root_of(folder: str) -> Root:
    """Return the root that the folder's repository gives: the next folder above, or itself, that holds ``.git``."""
    here = Path(folder).resolve()
    for at in (here, *here.parents):
        if os.path.lexists(at / ".git"):
            return Root(here.relative_to(at).as_posix())
    return Root()
