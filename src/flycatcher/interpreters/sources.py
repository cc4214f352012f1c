"""Which files of this package may describe a program, told from their text: importing all takes ten times as long.

A file is understood where its classes give ``id`` and ``names`` as literals; one that is not understood may describe anything.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRING = r'(?:r"(?:[^"\\]|\\[^"])*"|"[^"\\]*")'
_ASSIGNED = re.compile(rf"(?::[^=\n]*)? = (?:{_STRING}\n|\((?:\s*{_STRING}\s*(?:,|(?=\))))+\s*\)\n)")
_CONTENT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_GROUP = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
_UNCERTAIN = re.compile(rf"{_GROUP}[?*+]*|\[[^\]]*\][?*+]*|\\.[?*+]*|.[?*]|[+$^.]")
"""What of a regular expression stands for no text in particular. Groups in groups are found three deep."""
_SPECIAL = re.compile(r"[][(){}\\]")
_FLAGS = re.compile(r"\(\?[a-zA-Z-]")


class Source(Struct, frozen=True):
    """What the text of one file says of the programs that it describes."""

    module: str
    ids: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    """Of each class, regular expressions."""
    literals: tuple[str, ...] = ()
    """One of these is part of every name that the file describes."""
    understood: bool = True

    def fits(self, name: str) -> bool:
        """Tell whether the file may describe a program of this name."""
        if not self.understood:
            return True
        for text in self.literals:
            if text in name:
                return any(_pattern(names).match(name) is not None for names in self.names)
        return False


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Compile names when one of their literals has been seen: most never are."""
    return re.compile(f"(?:{'|'.join(names)})$")


@cache
def sources(folders: tuple[str, ...]) -> tuple[Source, ...]:
    """Return what every file says, in the order of the files' names. Those that describe no program are left out."""
    files = ((folder, name) for folder in folders for name in sorted(os.listdir(folder)) if name.endswith(".py"))
    found = (_source(folder, name) for folder, name in files if name != "__init__.py")
    return tuple(source for source in found if source.ids or not source.understood)


def _source(folder: str, name: str) -> Source:
    """Read one file."""
    with open(f"{folder}/{name}", encoding="utf-8") as file:
        return understand(name.removesuffix(".py"), file.read())


def understand(module: str, text: str) -> Source:
    """Say what a file's text tells of its classes."""
    ids = [value for value in _assigned(text, "id") if value != ("",)]
    if not ids:
        return Source(module)
    names = [value for value in _assigned(text, "names") if value]
    known = tuple(value[0] for value in ids if value)
    if len(known) != len(ids) or len(names) != len(ids):
        return Source(module, understood=False)
    flat = tuple(name for each in names for name in each)
    return Source(module, known, tuple(names), tuple(dict.fromkeys(text for name in flat for text in literals(name))))


def _assigned(text: str, attribute: str) -> Iterator[tuple[str, ...]]:
    """Yield the strings that each class gives to an attribute; none where they are not written out."""
    start = f"\n    {attribute}"
    at = text.find(start)
    while at >= 0:
        at += len(start)
        rest = text[at : text.find("\n", at)]
        if rest[:1] in (" ", ":") and "=" in rest:
            match = _ASSIGNED.match(text, at)
            yield tuple(_CONTENT.findall(match[0])) if match is not None else ()
        at = text.find(start, at)


def literals(pattern: str) -> tuple[str, ...]:
    """Return texts of which every match of a regular expression holds at least one; an empty one where none is certain."""
    if _FLAGS.search(pattern) is not None:
        return ("",)
    certain = _UNCERTAIN.sub("\n", pattern)
    if _SPECIAL.search(certain) is not None:
        return ("",)
    return tuple(max(choice.split("\n"), key=len) for choice in certain.split("|"))
