"""A tolerant reader for Lisps: S-expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode, ir

if TYPE_CHECKING:
    from flycatcher.core.payload.source import Source


class Lisp:
    """S-expressions: the first item of a list is called with the others."""

    def __init__(self, source: Source, nodes: int) -> None:
        """Read ``source``."""
        self.source = source
        self.left = nodes
        self.tokens = list(re.finditer(r';[^\n]*|"(?:[^"\\]|\\.)*"?|[()\[\]]|[^\s()\[\]";]+', source.head, re.DOTALL))[
            :nodes
        ]
        self.full = len(self.tokens) < nodes
        self.at = 0

    def program(self) -> ir.Program:
        """Read all forms, without recursion: a stack of open lists."""
        top: list[ir.Node] = []
        stack: list[tuple[list[ir.Node], int]] = [(top, 0)]
        for token in self.tokens:
            text = token[0]
            start, end = self.source.byte(token.start()), self.source.byte(token.end())
            if text in "([":
                if len(stack) < ir.MAX_DEPTH:
                    stack.append(([], start))
            elif text in ")]":
                if len(stack) > 1:
                    items, begin = stack.pop()
                    stack[-1][0].append(_form(items, begin, end))
            elif text.startswith('"'):
                stack[-1][0].append(ir.Const(start, end, decode.unescape_text(text.strip('"'))))
            elif not text.startswith(";"):
                stack[-1][0].append(ir.Name(start, end, text.lstrip("'`,@#")))
        while len(stack) > 1:  # the text may be cut
            items, begin = stack.pop()
            stack[-1][0].append(_form(items, begin, len(self.source.data)))
        return ir.Program(ir.Group(0, len(self.source.data), top), complete=self.full, read=len(self.tokens))


def _form(items: list[ir.Node], start: int, end: int) -> ir.Node:
    if items and isinstance(items[0], ir.Name):
        if items[0].id in ("quote", "list"):
            return ir.Items(start, end, items[1:])
        return ir.Invoke(start, end, items[0], items[1:])
    return ir.Items(start, end, items)


def parse(source: Source, nodes: int) -> ir.Program:
    """Read a Lisp."""
    return Lisp(source, nodes).program()
