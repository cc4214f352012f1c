"""Which types a path fits by its name: looked up, since most paths of a tree fit none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import ANYWHERE, glob

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.sources.buildfiles.engine.filetype import FileType

_SPECIAL = lazy(r"[*?\[]")
_SUFFIX = lazy(r"\*(\.[^*?\[/]+)")
_PREFIX = lazy(r"([^*?\[/.-]*[.-])\*")


class Names:
    """The globs of all types, by what can be looked up in them."""

    def __init__(self, types: Iterable[FileType]) -> None:
        """Sort the globs: whole names, suffixes, beginnings; for those with folders, the folders' names."""
        self._whole: dict[str, set[FileType]] = {}
        self._suffixes: dict[str, set[FileType]] = {}
        self._prefixes: dict[str, set[FileType]] = {}
        self._odd: list[tuple[re.Pattern[str], FileType]] = []
        self._deep: list[tuple[str, re.Pattern[str], FileType]] = []
        self._placed: dict[str, list[tuple[re.Pattern[str], FileType]]] = {}
        for each in types:
            for pattern in each.names:
                self._sort(pattern, each)
        self._is_odd = re.compile("|".join(pattern.pattern for pattern, _ in self._odd) or "(?!)").match

    def _sort(self, pattern: str, each: FileType) -> None:
        """Put one glob where it is looked up."""
        if "/" in pattern:
            literal = [part for part in pattern.split("/")[:-1] if not _SPECIAL.search(part)]
            if literal:
                self._placed.setdefault(literal[0], []).append((re.compile(glob(pattern)), each))
            else:
                self._deep.append((pattern.rpartition("*")[2], re.compile(glob(pattern)), each))
        elif not _SPECIAL.search(pattern):
            self._whole.setdefault(pattern, set()).add(each)
        elif suffix := _SUFFIX.fullmatch(pattern):
            self._suffixes.setdefault(suffix[1], set()).add(each)
        elif prefix := _PREFIX.fullmatch(pattern):
            self._prefixes.setdefault(prefix[1], set()).add(each)
        else:
            self._odd.append((re.compile(glob(pattern).removeprefix(ANYWHERE)), each))

    def types(self, path: str) -> set[FileType]:
        """Return the types that a path fits."""
        folders, _, name = path.rpartition("/")
        found = set(self._whole.get(name, ()))
        at = name.find(".")
        while at >= 0:
            found |= self._suffixes.get(name[at:], _NONE)
            at = name.find(".", at + 1)
        for sign in ".-":
            head, between, _ = name.partition(sign)
            if between:
                found |= self._prefixes.get(head + between, _NONE)
        for folder in self._placed.keys() & folders.split("/") if folders else ():
            found.update(each for pattern, each in self._placed[folder] if pattern.match(path))
        if self._is_odd(name):
            found.update(each for pattern, each in self._odd if pattern.match(name))
        found.update(each for tail, pattern, each in self._deep if name.endswith(tail) and pattern.match(path))
        return found


_NONE: frozenset[FileType] = frozenset()
