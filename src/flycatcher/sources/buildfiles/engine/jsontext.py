"""JSON with places (RFC 8259), comments and trailing commas forgiven as editors and devcontainers do; the tree is YAML's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.located import Builder
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from flycatcher.sources.buildfiles.engine.filetype import Document
    from flycatcher.sources.buildfiles.engine.located import Located

MAX_DEPTH = 100
_BLANK = lazy(r"(?:[ \t\r\n\ufeff]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_LITERAL = re.compile(r"[-+.0-9A-Za-z_]+")
_ESCAPE = lazy(r"\\(?:u[0-9a-fA-F]{4}(?:\\u[dD][c-fC-F][0-9a-fA-F]{2})?|.)", re.DOTALL)
_SINGLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class _BrokenError(Exception):
    """The text stops being JSON at an offset."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.partial: Tree | None = None
        """What was read of the innermost list or map, for the one around it."""


def tree(document: Document) -> Tree:
    """Return a JSON file's tree, as far as it can be read; a problem is noted in the document."""
    return parse(document, 0, len(document.text))[0]


def parse(document: Document, start: int, end: int) -> tuple[Tree, int]:
    """Read one JSON value that begins at ``start``; return it and the offset behind it (-1: it does not parse)."""
    reader = _Reader(document.text, end)
    root: dict[str, Tree] = {}
    try:
        value = reader.value(reader.blank(start), 0, root)
    except _BrokenError as error:
        document.problem(error.offset, f"not JSON: {error}", stops=True)
        return error.partial or Map(root, start=start), -1
    return value, reader.at


class _Reader:
    """A reader by recursion, at most MAX_DEPTH deep."""

    def __init__(self, text: str, end: int) -> None:
        """Keep the text and where to stop."""
        self.text = text
        self.end = end
        self.at = 0

    def blank(self, at: int) -> int:
        """Return the offset of what comes after white space and comments."""
        match = _BLANK.match(self.text, at, self.end)
        return match.end() if match else at

    def value(self, at: int, depth: int, into: dict[str, Tree] | None = None) -> Tree:
        """Read one value; :attr:`at` is the offset behind it. ``into`` keeps a map's items though the map may break off."""
        if depth > MAX_DEPTH:
            raise _BrokenError(at, "nested too deeply")
        char = self.text[at : at + 1] if at < self.end else ""
        if char == "{":
            return self._map(at, depth, {} if into is None else into)
        if char == "[":
            return self._list(at, depth)
        match = (_STRING if char == '"' else _LITERAL).match(self.text, at, self.end)
        if match is None:
            raise _BrokenError(at, "a value is missing")
        self.at = match.end()
        return Scalar(string(self.text, at, self.at), at, self.at, plain=char != '"')

    def _map(self, at: int, depth: int, items: dict[str, Tree]) -> Map:
        """Read an object."""
        keys: dict[str, int] = {}
        start, at = at, self.blank(at + 1)
        while self.text[at : at + 1] != "}":
            match = _STRING.match(self.text, at, self.end)
            if match is None:
                raise _BrokenError(at, "a key is missing")
            name = string(self.text, at, match.end()).text
            keys[name] = at
            at = self.blank(match.end())
            if self.text[at : at + 1] != ":":
                raise _BrokenError(at, "a colon is missing")
            inner: dict[str, Tree] = {}
            items[name] = Map(inner)
            try:
                items[name] = self.value(self.blank(at + 1), depth + 1, inner)
                at = self._comma("}")
            except _BrokenError as error:
                items[name] = error.partial or items[name]
                error.partial = Map(items, keys, start)
                raise
        self.at = at + 1
        return Map(items, keys, start)

    def _list(self, at: int, depth: int) -> List:
        """Read an array."""
        items: list[Tree] = []
        start, at = at, self.blank(at + 1)
        while self.text[at : at + 1] != "]":
            try:
                items.append(self.value(at, depth + 1))
                at = self._comma("]")
            except _BrokenError as error:
                error.partial = List((*items, *((error.partial,) if error.partial else ())), start)
                raise
        self.at = at + 1
        return List(tuple(items), start)

    def _comma(self, closing: str) -> int:
        """Go to the next item or to the end of this one's list."""
        at = self.blank(self.at)
        if self.text[at : at + 1] == ",":
            return self.blank(at + 1)
        if self.text[at : at + 1] != closing or at >= self.end:
            raise _BrokenError(at, f"a comma or a {closing} is missing")
        return at


def string(text: str, start: int, end: int) -> Located:
    """Return what a JSON string at text[start:end] says, with places; anything else as it is."""
    builder = Builder()
    if text[start : start + 1] != '"':
        builder.put(text[start:end], start, end)
        return builder.done()
    at = start + 1
    for match in _ESCAPE.finditer(text, start + 1, end - 1):
        builder.put(text[at : match.start()], at, match.start())
        builder.put(_unescaped(match[0]), match.start(), match.end())
        at = match.end()
    builder.put(text[at : end - 1], at, end - 1)
    return builder.done()


def _unescaped(escape: str) -> str:
    """Return the character that an escape stands for; half of a surrogate pair stays one."""
    if escape[1] != "u" or len(escape) < 6:
        return _SINGLE.get(escape[1], escape[1])
    units = [int(part, 16) for part in escape[2:].split("\\u")]
    if len(units) == 2 and 0xD800 <= units[0] < 0xDC00:
        return chr(0x10000 + ((units[0] - 0xD800) << 10) + (units[1] - 0xDC00))
    return "".join(map(chr, units))
