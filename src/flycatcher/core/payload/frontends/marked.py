"""A reader for texts in which a mark hands what follows it to a shell, or to a language: m4, dc, ed, make, rpm, Forth, erb."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir

if TYPE_CHECKING:
    from flycatcher.core.payload.source import Source

_CLOSERS = {"(": ")", "{": "}", "[": "]", "`": "'"}


OVERLAP = 4
"""How many times the text's own length may be passed on in all: marks inside the text of other marks pass parts of it on again."""


def parse(source: Source, nodes: int, *, mark: str, skip: str = r"(?!)") -> ir.Program:
    """Call ``!`` (or the group's name) with the text behind each mark.

    ``mark`` is a regular expression. A bracket that it ends with is closed where its own kind closes; a text ends at its
    group, else at the line's end. ``skip`` matches what holds no mark (comments).
    """
    text = source.head
    items: list[ir.Node] = []
    ends = Ends(text)
    left = OVERLAP * len(text)
    for found in re.finditer(rf"(?:{skip})|(?:{mark})", text):
        kind = found.lastgroup
        if kind is None:
            continue
        start, end = found.span(kind) if found[kind] else (found.end(), ends.of(found.end() - 1))
        left -= end - start
        if len(items) >= nodes or left < 0:
            break
        if text[start:end].strip():
            begin = source.byte(found.start())
            value = ir.Const(source.byte(start), source.byte(end), _without_quotes(text[start:end]))
            items.append(ir.Invoke(begin, value.end, ir.Name(begin, begin, "!" if kind == "shell" else kind), [value]))
    complete = len(items) < nodes and left >= 0
    return ir.Program(ir.Group(0, len(source.data), items), complete=complete, read=len(items))


class Ends:
    """Where the brackets of a text close, each kind counted by itself: one pass a kind, however many brackets are asked for."""

    def __init__(self, text: str) -> None:
        """Prepare; nothing is looked for yet."""
        self._text = text
        self._kinds: dict[str, dict[int, int]] = {}

    def of(self, at: int) -> int:
        """Return where the bracket at ``at`` closes, the line's end if it is none; the text's end where there is no end."""
        opener = self._text[at]
        closer = _CLOSERS.get(opener)
        if closer is None:
            end = self._text.find("\n", at + 1)
            return len(self._text) if end < 0 else end
        if opener not in self._kinds:
            self._kinds[opener] = self._pairs(opener, closer)
        return self._kinds[opener].get(at, len(self._text))

    def _pairs(self, opener: str, closer: str) -> dict[int, int]:
        """Return the place of every closing bracket of a kind by the place of its opening one."""
        pairs: dict[int, int] = {}
        waiting: list[int] = []
        for found in re.finditer(rf"[{re.escape(opener + closer)}]", self._text):
            if found[0] == opener:
                waiting.append(found.start())
            elif waiting:
                pairs[waiting.pop()] = found.start()
        return pairs


def call(source: Source, name: str, start: int, inner: tuple[int, int]) -> ir.Node:
    """Return a call of ``name`` with a part of the text as it stands."""
    first, last = (source.byte(at) for at in inner)
    argument = ir.Const(first, last, source.head[inner[0] : inner[1]])
    return ir.Invoke(source.byte(start), last, ir.Name(source.byte(start), first, name), [argument])


def _without_quotes(text: str) -> str:
    """Return m4's quoted text without its quotes; other text as it is."""
    inner = text.strip()
    return inner[1:-1] if inner[:1] == "`" and inner[-1:] == "'" else text
