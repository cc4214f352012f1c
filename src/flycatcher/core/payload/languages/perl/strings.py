"""Perl's quoted texts: what tree-sitter-perl makes of them, to ``ir``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import decode, ir
from flycatcher.core.payload.frontends.tree_sitter import TreeLowering, joined

if TYPE_CHECKING:
    from tree_sitter import Node


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

    def heredoc(self, node: Node, start: int, end: int) -> ir.Node:
        """The text of a here-document."""
        return ir.Template(start, end, [self.literal_piece(start, end), *self.all(node)])

    def command(self, node: Node, start: int, end: int) -> ir.Node:
        """Backticks and ``qx``."""
        return ir.Command(start, end, self.interpolated(node))

    def words(self, node: Node, start: int, end: int) -> ir.Node:
        """``qw(a b)``."""
        text = self.text(node.child_by_field_name("content"))
        return ir.Items(start, end, [ir.Const(start, end, word) for word in text.split()[:4096]])
