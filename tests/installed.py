"""Flycatcher and what it depends on, as files: for kernels, users and roots that do not see this environment."""

from __future__ import annotations

import atexit
import importlib.metadata
import os
import re
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "src/flycatcher"
_LEFT_OUT = re.compile(
    r"/(?:__pycache__|test|tests|idlelib|tkinter|lib2to3|ensurepip|site-packages|dist-packages|config-[^/]*)(?:/|$)"
)


def tree(root: Path) -> Iterator[Path]:
    """Yield the files below a folder that a program may need."""
    yield from (
        path for path in root.rglob("*") if path.is_file() and not _LEFT_OUT.search(str(path)[len(str(root)) :])
    )


def packages() -> Iterator[tuple[Path, list[Path]]]:
    """Yield the folders with flycatcher and what it depends on, and the files there."""
    yield PACKAGE.parent, list(tree(PACKAGE))
    seen, wanted = set[str](), ["flycatcher-detect"]
    while wanted:
        name = wanted.pop()
        if name not in seen:
            seen.add(name)
            distribution = importlib.metadata.distribution(name)
            wanted += [re.split(r"[^\w.-]", asked)[0] for asked in distribution.requires or () if ";" not in asked]
            found = [
                Path(os.fspath(distribution.locate_file(file)))
                for file in distribution.files or ()
                if ".." not in file.parts
            ]
            yield Path(os.fspath(distribution.locate_file(""))), [path for path in found if path.suffix != ".pth"]


@cache
def for_everybody() -> tuple[str, ...]:
    """Return folders for PYTHONPATH that every user may read: this environment's, or, where it lies in somebody's home, a copy."""
    places = (str(PACKAGE.parent), *(place for place in sys.path if place.endswith("site-packages")))
    if all(map(_is_open, places)):
        return places
    copy = Path(tempfile.mkdtemp(prefix="flycatcher-modules-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    copy.chmod(0o755)
    for root, files in packages():
        for file in filter(Path.is_file, files):
            (copy / file.relative_to(root)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy / file.relative_to(root))
    return (str(copy),)


def _is_open(place: str) -> bool:
    """Whether everybody may go through each folder of a path."""
    return all(path.stat().st_mode & 0o1 for path in (Path(place), *Path(place).parents))
