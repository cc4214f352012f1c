"""Which files of a tree are scanned: .gitignore is honoured, hidden build folders are not skipped, links make no loops."""

from __future__ import annotations

import os
import stat
from operator import attrgetter
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
_NAME = attrgetter("name")


class Candidate(Struct, frozen=True):
    """A file to be scanned."""

    path: str
    """As it is opened."""
    shown: str
    """As it is shown: relative to the folder that the scan is about, with POSIX separators."""
    vendored: bool = False


class _Folder(Struct):
    """A folder that is being walked."""

    entries: list[os.DirEntry[str]]
    """What is left of it, the next one last."""
    prefix: str
    """Its shown path, with a slash behind it; empty for the working folder."""
    specs: tuple[tuple[int, Ignore], ...]
    """The .gitignore files that hold in it, each with how much of a path names its folder."""
    vendored: bool


class Walker:
    """Walks one root; :attr:`skipped` lists what could not be read."""

    def __init__(
        self,
        root: str,
        *,
        ignore: bool = True,
        keep: frozenset[str] = frozenset(),
        docs: bool = False,
        passed: frozenset[str] = frozenset(),
    ) -> None:
        """``ignore``: honour .gitignore; ``keep``: shown paths that git tracks although ignored; ``docs``: documents too.

        ``passed``: shown paths of which is known that they are not worth opening.
        """
        self.root = root
        self.skipped: list[Skipped] = []
        self.unwanted: set[str] = set()
        """Shown paths that are not worth opening, by their names."""
        self.ignored = 0
        self._ignore = ignore
        self._passed = passed
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
        prefix = shown(self.root)
        if not stat.S_ISDIR(mode):
            yield Candidate(self.root, prefix, not _VENDORED.isdisjoint(prefix.split("/")[:-1]))
            return
        opened = [self._open(self.root, "" if prefix == "." else prefix + "/", (), 0)]
        while opened:
            folder = opened[-1]
            while folder.entries:
                entry = folder.entries.pop()
                path = folder.prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if self._enters(entry.name, path + "/", folder.specs):
                        opened.append(self._open(entry.path, path + "/", folder.specs, len(opened)))
                        break
                elif self._is_wanted(entry.name, path) and self._is_file(entry, path, folder.specs):
                    yield Candidate(entry.path, path, folder.vendored)
            else:
                opened.pop()

    def _is_wanted(self, name: str, path: str) -> bool:
        """Whether a file is worth opening, by its name."""
        if path not in self._passed and wanted(name, path, docs=self._docs):
            return True
        self.unwanted.add(path)
        return False

    def _open(self, folder: str, prefix: str, specs: tuple[tuple[int, Ignore], ...], depth: int) -> _Folder:
        """Return a folder's entries, last one first; none of one that cannot be read."""
        try:
            with os.scandir(folder) as found:
                entries = list(found)
        except OSError as error:
            self.skipped.append(Skipped(path=prefix, reason=error.strerror or str(error), unread=_LOST))
            entries = []
        if depth > MAX_DEPTH:
            self.skipped.append(Skipped(path=prefix, reason=f"folders more than {MAX_DEPTH} deep", unread=_LOST))
            entries = []
        if len(entries) > 1:
            entries.sort(key=_NAME, reverse=True)
        if self._ignore and any(entry.name == ".gitignore" for entry in entries):
            specs = (*specs, (len(prefix), Ignore(os.path.join(folder, ".gitignore"))))
        return _Folder(entries, prefix, specs, vendored=not _VENDORED.isdisjoint(prefix.split("/")))

    def _enters(self, name: str, path: str, specs: tuple[tuple[int, Ignore], ...]) -> bool:
        """Whether a folder is looked into: no store, and not ignored, unless git tracks what is in it."""
        if name == _GIT or (name in STORES and not self._holds_kept(path)):
            return False
        if specs and ignored(specs, path) and not self._holds_kept(path):
            self.ignored += 1
            return False
        return True

    def _inside(self, path: str) -> bool:
        """Whether a link leads to something that is scanned where it stands."""
        root = os.path.realpath(self.root)
        return os.path.commonpath((root, os.path.realpath(path))) == root

    def _holds_kept(self, prefix: str) -> bool:
        """Whether git tracks something in an ignored folder."""
        return any(path.startswith(prefix) for path in self._keep)

    def _is_file(self, entry: os.DirEntry[str], path: str, specs: tuple[tuple[int, Ignore], ...]) -> bool:
        """Whether an entry is a file to be scanned: not ignored, regular, and not known under another name."""
        if specs and path not in self._keep and ignored(specs, path):
            self.ignored += 1
            return False
        if not entry.is_symlink():
            return entry.is_file()
        try:
            found = entry.stat()
        except OSError as error:
            self.skipped.append(Skipped(path=path, reason=f"symbolic link: {error.strerror}"))
            return False
        if stat.S_ISDIR(found.st_mode) and not self._inside(entry.path):
            said = "symbolic link to a folder outside of what is scanned: not followed"
            self.skipped.append(Skipped(path=path, reason=said, unread="a folder elsewhere"))
        if not stat.S_ISREG(found.st_mode) or (found.st_dev, found.st_ino) in self._seen:
            return False
        self._seen.add((found.st_dev, found.st_ino))
        return True


def shown(path: str) -> str:
    """Return a path as reports show it: relative to the working folder where it is below it."""
    relative = os.path.relpath(path)
    return (path if relative.startswith("..") else relative).replace(os.sep, "/")
