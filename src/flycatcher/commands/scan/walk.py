"""Which files of a tree are scanned: .gitignore is honoured, hidden build folders are not skipped, links make no loops."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.commands.scan.ignore import Ignore, ignored
from flycatcher.scanning.wanted import wanted
from flycatcher.sinks.summary import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

STORES = (".hg", ".svn", ".bzr", "CVS", "__pycache__")
"""Version control's stores and compiled caches: no build reads program text from them, unless git tracks what is in them."""
_GIT = ".git"
_VENDORED = frozenset(
    {
        "vendor",
        "node_modules",
        "third_party",
        "thirdparty",
        "third-party",
        "external",
        "deps",
        "bower_components",
        "site-packages",
    }
)
MAX_DEPTH = 200
_LOST = "unknown content"


class Candidate(Struct, frozen=True):
    """A file to be scanned."""

    path: str
    """As it is opened."""
    shown: str
    """As it is shown: relative to the folder that the scan is about, with POSIX separators."""
    vendored: bool = False


class Walker:
    """Walks one root; :attr:`skipped` lists what could not be read."""

    def __init__(
        self, root: str, *, ignore: bool = True, keep: frozenset[str] = frozenset(), docs: bool = False
    ) -> None:
        """``ignore``: honour .gitignore; ``keep``: shown paths that git tracks although ignored; ``docs``: documents too."""
        self.root = root
        self.skipped: list[Skipped] = []
        self.ignored = 0
        self._ignore = ignore
        self._keep = keep
        self._docs = docs
        self._seen: set[tuple[int, int]] = set()

    def walk(self) -> Iterator[Candidate]:
        """Yield the candidates in the order of their paths."""
        try:
            mode = os.stat(self.root).st_mode
        except OSError as error:
            self.skipped.append(Skipped(path=self.root, reason=error.strerror or str(error), unread=_LOST))
            return
        if not stat.S_ISDIR(mode):
            yield Candidate(self.root, shown(self.root), _is_vendored(shown(self.root)))
            return
        prefix = shown(self.root)
        yield from self._folder(self.root, "" if prefix == "." else prefix + "/", (), 0)

    def _folder(
        self, folder: str, prefix: str, specs: tuple[tuple[int, Ignore], ...], depth: int
    ) -> Iterator[Candidate]:
        """Yield a folder's candidates, and those of the folders in it."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self.skipped.append(Skipped(path=prefix, reason=error.strerror or str(error), unread=_LOST))
            return
        if depth > MAX_DEPTH:
            self.skipped.append(Skipped(path=prefix, reason=f"folders more than {MAX_DEPTH} deep", unread=_LOST))
            return
        if self._ignore and any(entry.name == ".gitignore" for entry in entries):
            specs = (*specs, (len(prefix), Ignore(os.path.join(folder, ".gitignore"))))
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name == _GIT or (entry.name in STORES and not self._holds_kept(path + "/")):
                    continue
                if specs and ignored(specs, path + "/") and not self._holds_kept(path + "/"):
                    self.ignored += 1
                    continue
                yield from self._folder(entry.path, path + "/", specs, depth + 1)
            elif wanted(entry.name, path, docs=self._docs):
                yield from self._file(entry, path, specs)

    def _inside(self, path: str) -> bool:
        """Whether a link leads to something that is scanned where it stands."""
        root = os.path.realpath(self.root)
        return os.path.commonpath((root, os.path.realpath(path))) == root

    def _holds_kept(self, prefix: str) -> bool:
        """Whether git tracks something in an ignored folder."""
        return any(path.startswith(prefix) for path in self._keep)

    def _file(self, entry: os.DirEntry[str], path: str, specs: tuple[tuple[int, Ignore], ...]) -> Iterator[Candidate]:
        """Yield a file, unless it is ignored, no regular file, or known under another name."""
        if specs and path not in self._keep and ignored(specs, path):
            self.ignored += 1
            return
        if entry.is_symlink():
            try:
                found = entry.stat()
            except OSError as error:
                self.skipped.append(Skipped(path=path, reason=f"symbolic link: {error.strerror}"))
                return
            if stat.S_ISDIR(found.st_mode) and not self._inside(entry.path):
                said = "symbolic link to a folder outside of what is scanned: not followed"
                self.skipped.append(Skipped(path=path, reason=said, unread="a folder elsewhere"))
            if not stat.S_ISREG(found.st_mode) or (found.st_dev, found.st_ino) in self._seen:
                return
            self._seen.add((found.st_dev, found.st_ino))
        elif not entry.is_file():
            return
        yield Candidate(entry.path, path, _is_vendored(path))


def shown(path: str) -> str:
    """Return a path as reports show it: relative to the working folder where it is below it."""
    relative = os.path.relpath(path)
    return (path if relative.startswith("..") else relative).replace(os.sep, "/")


def _is_vendored(path: str) -> bool:
    """Whether this folder holds third-party code."""
    return not _VENDORED.isdisjoint(path.split("/")[:-1])
