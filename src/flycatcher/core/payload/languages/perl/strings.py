"""Perl's quoted texts: what tree-sitter-perl makes of them, to ``ir``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode, ir
from flycatcher.core.payload.frontends.tree_sitter import TreeLowering, joined

if TYPE_CHECKING:
    from tree_sitter import Node

_BLOCK = re.compile(r"\(\?(?:\?|\(\?)?\{")
"""The beginning of code in a pattern: ``(?{ })``, ``(??{ })``, ``(?(?{ })a|b)``."""
_BRACE = re.compile(r"[{}]|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_LONGEST = 2000
_SIBLINGS = 64


def code_blocks(text: str) -> list[str]:
    """Return the code in the text of a pattern."""
    blocks = [_balanced(text, match.end()) for match in list(_BLOCK.finditer(text))[:16]] if "{" in text else []
    return [block for block in blocks if block]


def _balanced(text: str, start: int) -> str:
    """Return the text up to the brace that ends it; empty for none."""
    depth, at = 1, start
    while (found := _BRACE.search(text, at, start + _LONGEST)) is not None:
        depth += (found[0] == "{") - (found[0] == "}")
        if not depth:
            return text[start : found.start()]
        at = found.end()
    return ""


def _below(token: Node, tag: str, low: StringLowering) -> Node | None:
    """Return the here-document's text that a token stands for: after its statement, or a statement around it."""
    at: Node | None = token
    for _level in range(_SIBLINGS):
        if at is None:
            return None
        sibling = at.next_named_sibling
        for _step in range(_SIBLINGS):
            if sibling is None:
                break
            ends = sibling.named_children[-1:] if sibling.type == "heredoc_content" else []
            if ends and low.text(ends[0]).strip() == tag:
                return sibling
            sibling = sibling.next_named_sibling
        at = at.parent
    return None


class StringLowering(TreeLowering):
    """Quotes, here-documents, backticks and lists of words."""

    def raw_string(self, node: Node, start: int, end: int) -> ir.Node:
        """``'a'``, ``q(a)``."""
        text = self.text(node.child_by_field_name("content"))
        return ir.Const(start, end, text.replace("\\'", "'").replace("\\\\", "\\"))

    def string(self, node: Node, start: int, end: int) -> ir.Node:
        """``"a$b"``, ``qq(a)``: the grammar cuts escapes oddly, so literal text is read from between the expressions."""
        return joined(start, end, self.interpolated(node))

    def interpolated(self, node: Node) -> list[ir.Node]:
        """Return the parts of an interpolating string."""
        content = node.child_by_field_name("content")
        if content is None:
            return []
        parts: list[ir.Node] = []
        at = content.start_byte
        for child in content.named_children:
            if child.type == "escape_sequence":
                continue
            if child.start_byte > at:
                parts.append(self.literal_piece(at, child.start_byte))
            parts.append(self.lower(child))
            at = child.end_byte
        if content.end_byte > at:
            parts.append(self.literal_piece(at, content.end_byte))
        return parts

    def literal_piece(self, start: int, end: int) -> ir.Node:
        """Text with its escapes undone."""
        return ir.Const(start, end, decode.unescape_text(self.data[start:end].decode("utf-8", "surrogateescape")))

    def token(self, node: Node, start: int, end: int) -> ir.Node:
        """``<<A``, ``<<'A'``, ``<<`A```: the text below, up to the line that ends it."""
        written = self.text(node).lstrip("<~ ")
        content = _below(node, written.strip("'\"`\\"), self)
        if content is None:
            return ir.Group(start, end)
        parts = self.document(content, raw=written.startswith("'"))
        if node.type.startswith("command"):
            return ir.Command(start, end, parts)
        return ir.Group(start, end, [joined(start, end, parts)])

    def heredoc(self, node: Node, start: int, end: int) -> ir.Node:
        """The text of a here-document, where it stands."""
        return joined(start, end, self.document(node, raw=False))

    def document(self, node: Node, *, raw: bool) -> list[ir.Node]:
        """Return the parts of a here-document's text."""
        parts: list[ir.Node] = []
        at, end = node.start_byte, node.end_byte
        for child in node.named_children:
            if child.type == "heredoc_end":
                end = child.start_byte
            elif child.type != "escape_sequence" and not raw:
                if child.start_byte > at:
                    parts.append(self.literal_piece(at, child.start_byte))
                parts.append(self.lower(child))
                at = child.end_byte
        if raw:
            return [ir.Const(at, end, self.data[at:end].decode("utf-8", "surrogateescape"))]
        return [*parts, self.literal_piece(at, end)] if end > at else parts

    def command(self, node: Node, start: int, end: int) -> ir.Node:
        """Backticks and ``qx``."""
        return ir.Command(start, end, self.interpolated(node))

    def words(self, node: Node, start: int, end: int) -> ir.Node:
        """``qw(a b)``."""
        text = self.text(node.child_by_field_name("content"))
        return ir.Items(start, end, [ir.Const(start, end, word) for word in text.split()[:4096]])
