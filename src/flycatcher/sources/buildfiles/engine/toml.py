"""TOML with places (TOML 1.0): the values from Python's own reader, their places from the file's strings."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.located import Builder
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from flycatcher.sources.buildfiles.engine.filetype import Document
    from flycatcher.sources.buildfiles.engine.located import Located

_STRING = lazy(
    r"\"\"\"(?P<md>(?:\\.|[^\\])*?)\"\"\"(?!\")|'''(?P<ml>.*?)'''(?!')|\"(?P<d>(?:\\.|[^\"\\\n])*)\"|'(?P<l>[^'\n]*)'|#[^\n]*",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\s*\n\s*|.)", re.DOTALL)
_SINGLE = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}
MAX_DEPTH = 100


def values(document: Document) -> dict[str, object]:
    """Return the file's tables; an empty one, with the problem noted in the document, where it is no TOML."""
    try:
        return tomllib.loads(document.text.replace("\r\n", "\n").removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        line = re.search(r"at line (\d+)", str(error))
        document.problem(document.at(int(line[1]), 1) if line else 0, f"not TOML: {error}", stops=True)
        return {}


def tree(document: Document) -> Tree:
    """Return a file's tree; its leaves are the strings."""
    found = values(document)
    return _tree(found, Strings(document.text), 0) if found else Map()


def _tree(value: object, strings: Strings, depth: int) -> Tree:
    """Return one value and what is in it."""
    if isinstance(value, dict) and depth < MAX_DEPTH:
        items = {key: _tree(inner, strings, depth + 1) for key, inner in value.items()}
        return Map(items, start=min((item.start for item in items.values()), default=0))
    if isinstance(value, list) and depth < MAX_DEPTH:
        listed = tuple(_tree(inner, strings, depth + 1) for inner in value)
        return List(listed, min((item.start for item in listed), default=0))
    if isinstance(value, str):
        text = strings.find(value)
        return Scalar(text, text.start(0), text.end(len(text.text)))
    return Scalar(Builder().done(), 0, 0, plain=True)


class Strings:
    """The strings of a TOML file by what they say, in the order of the file."""

    def __init__(self, text: str) -> None:
        """Gather the strings."""
        self._known: dict[str, list[Located]] = {}
        for match in _STRING.finditer(text):
            if match.lastgroup is not None:
                located = _said(text, match, match.lastgroup)
                self._known.setdefault(located.text, []).append(located)

    def find(self, value: str) -> Located:
        """Return the next string that says this."""
        found = self._known.get(value)
        if not found:
            return Builder().done()
        return found.pop(0) if len(found) > 1 else found[0]


def _said(text: str, match: re.Match[str], kind: str) -> Located:
    """Return what a string says, with places."""
    start, end = match.span(kind)
    if kind in ("md", "ml"):
        start += 2 if text.startswith("\r\n", start) else text.startswith("\n", start)
    builder, at = Builder(), start
    pattern = _ESCAPE if kind in ("md", "d") else re.compile(r"\r(?=\n)")
    for escape in pattern.finditer(text, start, end):
        builder.put(text[at : escape.start()].replace("\r\n", "\n"), at, escape.start())
        builder.put(_unescaped(escape[1]) if escape.re.groups else "", escape.start(), escape.end())
        at = escape.end()
    builder.put(text[at:end].replace("\r\n", "\n"), at, end)
    return builder.done()


def _unescaped(letter: str) -> str:
    """Return what an escape stands for; a line end behind a backslash is nothing."""
    if letter[0] in "uU" and len(letter) > 1:
        code = int(letter[1:], 16)
        return chr(code) if code < 0x110000 else "?"
    return "" if letter.isspace() and "\n" in letter else _SINGLE.get(letter, letter)
