"""HCL with places (HCL native syntax specification): blocks and attributes as a tree, template interpolations as holes.

``provisioner "shell" { inline = ["a"] }`` is the map ``{"provisioner": {"shell": {"inline": [...]}}}``; blocks of one name are a list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.located import Builder
from flycatcher.sources.buildfiles.engine.yamltext import List, Map, Scalar, Tree

if TYPE_CHECKING:
    from flycatcher.sources.buildfiles.engine.filetype import Document
    from flycatcher.sources.buildfiles.engine.located import Located

_BLANK = lazy(r"(?:[ \t\r\n\ufeff,]+|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_ATTRIBUTE = lazy(r"(?:\"((?:\\.|[^\"\\\n])*)\"|([A-Za-z_][\w.-]*)|\(([^()\n]*)\))[ \t]*(?:=(?![=>])|:)[ \t]*")
_BLOCK = lazy(r"([A-Za-z_][\w-]*)((?:[ \t]+(?:\"(?:\\.|[^\"\\\n])*\"|[A-Za-z_][\w-]*))*)[ \t]*\{")
_LABEL = lazy(r"\"((?:\\.|[^\"\\\n])*)\"|([A-Za-z_][\w-]*)")
_QUOTED = lazy(r"\"((?:\\.|[$%]\{(?:\"(?:\\.|[^\"\\\n])*\"|[^}\"\n])*\}|[^\"\\\n])*)\"")
_HEREDOC = lazy(r"<<(-?)([A-Za-z_]\w*)[ \t]*\r?\n")
_PIECE = lazy(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|\$\$\{|%%\{|[$%]\{(?:\"(?:\\.|[^\"\\\n])*\"|[^}\"])*\}")
_SKIPPED = lazy(r"\"(?:\\.|[^\"\\\n])*\"|#[^\n]*|//[^\n]*|[\[\](){}]|\n|[^\"#/\[\](){}\n]+|/")
_SINGLE = {"n": "\n", "t": "\t", "r": "\r"}
MAX_DEPTH = 60
MAX_NODES = 200_000


def tree(document: Document) -> Tree:
    """Return a file's tree, as far as it can be read; where reading stopped is noted in the document."""
    reader = _Reader(document)
    return reader.body(0, 0)


class _Reader:
    """A reader by recursion, at most MAX_DEPTH deep."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.at = 0
        self.count = 0

    def body(self, at: int, depth: int, closing: str = "}") -> Map:
        """Read blocks and attributes up to the brace that closes them; ``at`` is left behind it."""
        items: dict[str, Tree] = {}
        keys: dict[str, int] = {}
        start = at
        while True:
            at = self._blank(at)
            self.count += 1
            if at >= len(self.text) or self.text[at] == closing:
                break
            if self._bounded(at, depth):
                at = len(self.text)
                break
            attribute = _ATTRIBUTE.match(self.text, at)
            block = None if attribute else _BLOCK.match(self.text, at)
            if attribute:
                name = next((group for group in attribute.groups() if group is not None), "")
                keys[name] = at
                items[name] = self._value(attribute.end(), depth + 1)
                at = self.at
            elif block:
                labels = [m[1] if m[1] is not None else m[2] for m in _LABEL.finditer(block[2])]
                inner: Tree = self.body(block.end(), depth + 1)
                for label in reversed(labels):
                    inner = Map({label: inner}, start=at)
                _add(items, block[1], inner)
                at = self.at
            else:
                at += 1  # a template's own line, or what HCL does not know
        self.at = at + 1
        return Map(items, keys, start)

    def _bounded(self, at: int, depth: int) -> bool:
        """Whether reading ends here."""
        if depth <= MAX_DEPTH and self.count <= MAX_NODES:
            return False
        self.document.problem(at, "HCL: nested too deeply or too long: the rest was not read", stops=True)
        return True

    def _blank(self, at: int) -> int:
        """Return the offset of what comes after white space, commas and comments."""
        match = _BLANK.match(self.text, at)
        return match.end() if match else at

    def _value(self, at: int, depth: int) -> Tree:
        """Read one value; what is computed (a reference, a call, arithmetic) is a hole."""
        text = self.text
        if (heredoc := _HEREDOC.match(text, at)) is not None:
            return self._heredoc(heredoc)
        if text[at : at + 1] == "[" and depth < MAX_DEPTH:
            return self._list(at, depth)
        if text[at : at + 1] == "{" and depth < MAX_DEPTH:
            return self.body(at + 1, depth + 1)
        quoted = _QUOTED.match(text, at)
        if quoted is not None:
            self.at = quoted.end()
            rest = re.compile(r"[ \t]*(?=[,\]})\r\n#/]|$)").match(text, self.at)
            if rest is not None:
                return Scalar(template(text, *quoted.span(1), escapes=True), at, self.at)
        return self._computed(at)

    def _computed(self, at: int) -> Scalar:
        """Go past an expression: to the end of its line, or of the bracket that it stands in."""
        start, depth = at, 0
        while match := _SKIPPED.match(self.text, at):
            char = match[0]
            if char in ("[", "(", "{"):
                depth += 1
            elif char in ("]", ")", "}"):
                if not depth:
                    break
                depth -= 1
            elif not depth and (char == "\n" or ("," in char and char[0] not in '"#/')):
                at += char.find(",") if "," in char else 0
                break
            at = match.end()
        self.at = at
        builder = Builder()
        builder.put(UNKNOWN, start, max(at, start + 1))
        return Scalar(builder.done(), start, max(at, start + 1), plain=True)

    def _heredoc(self, opening: re.Match[str]) -> Scalar:
        """Read a here-document: its lines up to the word that ends it."""
        closing = re.compile(rf"^[ \t]*{opening[2]}[ \t]*\r?$", re.MULTILINE).search(self.text, opening.end())
        end = closing.start() if closing else len(self.text)
        self.at = closing.end() if closing else end
        return Scalar(template(self.text, opening.end(), end, escapes=False), opening.start(), end)

    def _list(self, at: int, depth: int) -> List:
        """Read a list."""
        start, items = at, []
        at = self._blank(at + 1)
        while at < len(self.text) and self.text[at] != "]":
            self.count += 1
            if self._bounded(at, depth):
                at = len(self.text)
                break
            items.append(self._value(at, depth + 1))
            at = self._blank(max(self.at, at + 1))
            if self.text[at : at + 1] in ("}", ")"):
                at = self._blank(at + 1)
        self.at = at + 1
        return List(tuple(items), start)


def _add(items: dict[str, Tree], name: str, value: Tree) -> None:
    """Add a block; a second one of the same name makes a list of both."""
    before = items.get(name)
    if before is None:
        items[name] = value
    elif isinstance(before, List):
        items[name] = List((*before.items, value), before.start)
    else:
        items[name] = List((before, value), before.start)


def template(text: str, start: int, end: int, *, escapes: bool) -> Located:
    """Return what a template says; what it interpolates is a hole."""
    builder, at = Builder(), start
    for match in _PIECE.finditer(text, start, end):
        piece = match[0]
        if piece[0] == "\\" and not escapes:
            continue
        builder.put(text[at : match.start()], at, match.start())
        if piece[0] == "\\":
            said = _character(piece[2:]) if len(piece) > 2 else _SINGLE.get(piece[1], piece[1])
        else:
            said = piece[1:] if piece in ("$${", "%%{") else UNKNOWN
        builder.put(said, match.start(), match.end())
        at = match.end()
    builder.put(text[at:end], at, end)
    return builder.done()


def _character(digits: str) -> str:
    """Return the character of a hexadecimal number."""
    code = int(digits, base=16)
    return chr(code) if code < 0x110000 else "?"
