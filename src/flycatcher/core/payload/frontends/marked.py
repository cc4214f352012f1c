"""A reader for texts in which a mark hands what follows it to a shell, or to a language: m4, dc, ed, make, rpm, Forth, erb."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir

if TYPE_CHECKING:
    from flycatcher.core.payload.source import Source

_CLOSERS = {"(": ")", "{": "}", "[": "]", "`": "'"}


def parse(source: Source, nodes: int, *, mark: str, skip: str = r"(?!)") -> ir.Program:
    """Call ``!`` (or the group's name) with the text behind each mark.

    ``mark`` is a regular expression. A bracket that it ends with is closed where its own kind closes; a text ends at its
    group, else at the line's end. ``skip`` matches what holds no mark (comments).
    """
    text = source.head
    items: list[ir.Node] = []
    for found in re.finditer(rf"(?:{skip})|(?:{mark})", text):
        if found.lastgroup is None or len(items) >= nodes:
            continue
        kind = found.lastgroup
        start, end = _extent(text, found, kind)
        if text[start:end].strip():
            begin = source.byte(found.start())
            value = ir.Const(source.byte(start), source.byte(end), _without_quotes(text[start:end]))
            items.append(ir.Invoke(begin, value.end, ir.Name(begin, begin, "!" if kind == "shell" else kind), [value]))
    return ir.Program(ir.Group(0, len(source.data), items), complete=len(items) < nodes, read=len(items))


def call(source: Source, name: str, start: int, inner: tuple[int, int]) -> ir.Node:
    """Return a call of ``name`` with a part of the text as it stands."""
    first, last = (source.byte(at) for at in inner)
    argument = ir.Const(first, last, source.head[inner[0] : inner[1]])
    return ir.Invoke(source.byte(start), last, ir.Name(source.byte(start), first, name), [argument])


def _extent(text: str, found: re.Match[str], kind: str) -> tuple[int, int]:
    """Return where the handed text begins and ends."""
    inner = found[kind]
    if inner:
        return found.span(kind)
    opener = text[found.end() - 1]
    closer = _CLOSERS.get(opener, "")
    depth = 1
    for at in range(found.end(), len(text)):
        if text[at] == opener and closer:
            depth += 1
        elif text[at] == (closer or "\n"):
            depth -= 1
            if not depth:
                return found.end(), at
    return found.end(), len(text)


def _without_quotes(text: str) -> str:
    """Return m4's quoted text without its quotes; other text as it is."""
    inner = text.strip()
    return inner[1:-1] if inner[:1] == "`" and inner[-1:] == "'" else text
