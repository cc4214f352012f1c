"""Where a document belongs: the path that it is shown by, and the folder whose configuration counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from flycatcher.config.search import repository

if TYPE_CHECKING:
    from collections.abc import Iterable


class Home(NamedTuple):
    """A document's place."""

    shown: str
    """Relative to the repository, else to the workspace's folder; a scan of that folder shows the same."""
    folder: str
    """Where the search for a configuration begins; empty for a document that is no file."""


def path_of(uri: str) -> Path | None:
    """Return the path of a ``file:`` URI, None for another one (``untitled:``)."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    path = unquote(parts.path, errors="surrogateescape")
    return Path(path) if path.startswith("/") and "\0" not in path else None


def home(uri: str, workspace: Iterable[str] = ()) -> Home:
    """Return a document's place; ``workspace`` are the URIs of the editor's folders."""
    path = path_of(uri)
    if path is None:
        return Home(unquote(uri.rpartition(":")[2].rpartition("/")[2]) or "untitled", "")
    folders = [folder for folder in map(path_of, workspace) if folder is not None and path.is_relative_to(folder)]
    nearest = max(folders, key=lambda folder: len(folder.parts), default=None)
    try:
        root = repository(path.parent)
    except (OSError, RuntimeError):  # a loop of links
        root = None
    if root is not None and not path.is_relative_to(root):  # reached through a link
        path = path.resolve()
    base = root or nearest or path.parent
    start = max((each for each in (root, nearest) if each is not None), key=lambda each: len(each.parts), default=base)
    return Home(path.relative_to(base).as_posix(), str(start))
