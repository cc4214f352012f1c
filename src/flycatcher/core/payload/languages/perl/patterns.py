"""Perl's patterns, substitutions and formats, and the code in them, to ``ir``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.languages.perl.strings import StringLowering, code_blocks

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPED = re.compile(r"\\(['\"\\])")
_VARIABLE = re.compile(r"\$[A-Za-z_]\w*")
_PICTURE = re.compile(r"[@^](?:[<>|]|\*(?!\w)|#)")
"""A field of a format's line (perlform)."""
_LINES = 256
"""Lines of a format that are read."""


class PatternLowering(StringLowering):
    """Matching, changing and filling in."""

    def bound(self, node: Node, start: int, end: int) -> ir.Node:
        """``$a =~ tr/a/b/`` and ``$a =~ s/a/b/`` change ``$a``."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return self.group(node, start, end)
        target = self.lower(left)
        if right.type in ("transliteration_expression", "substitution_regexp"):
            inner = target.items[0] if isinstance(target, ir.Items) and len(target.items) == 1 else target
            if isinstance(inner, ir.Assign):  # (my $a = "b") =~ tr/...//
                return ir.Group(start, end, [inner, self.to_target(inner.target, right, start, end)])
            return self.to_target(target, right, start, end)
        pattern = self.lower(right)
        if right.type not in ("match_regexp", "quoted_regexp"):  # a pattern out of a variable: code in it may run
            pattern = self.matched(pattern)
        return ir.Group(start, end, [target, pattern])

    def to_target(self, target: ir.Node, change: Node, start: int, end: int) -> ir.Node:
        """Assign a changed text to what it was changed from."""
        return ir.Assign(start, end, target, self.changed(change, target))

    def changed(self, node: Node, subject: ir.Node) -> ir.Node:
        """``tr`` and ``s`` as calls over their subject."""
        start, end = node.start_byte, node.end_byte
        content = node.child_by_field_name("content")
        replacement = next((child for child in _walk(node) if child.type == "replacement"), None)
        flags = self.text(node.child_by_field_name("modifiers"))
        by: ir.Node = ir.Const(start, end, self.text(replacement))
        if node.type == "substitution_regexp":
            if (
                "e" in flags
            ):  # the replacement is code; twice: so is what it gives, from the text itself or out of the subject
                texts: list[ir.Node] = [by]
                written = self.text(replacement).strip()
                if "ee" in flags:
                    quoted = len(written) > 1 and written[0] == written[-1] and written[0] in "'\""
                    named = ir.Name(start, end, written) if _VARIABLE.fullmatch(written) else subject
                    texts.append(ir.Const(start, end, _ESCAPED.sub(r"\1", written[1:-1])) if quoted else named)
                code = [ir.Invoke(start, end, ir.Name(start, start, "eval"), [text]) for text in texts]
                return ir.Group(start, end, [subject, *code, ir.Group(start, end)])
            name = "regex-replace"
        else:
            name = "transliterate"
        return ir.Invoke(
            start, end, ir.Name(start, start, name), [subject, ir.Const(start, end, self.text(content)), by]
        )

    def substitution(self, node: Node, start: int, end: int) -> ir.Node:
        """``s/a/b/`` over ``$_``."""
        return ir.Assign(start, end, ir.Name(start, start, "$_"), self.changed(node, ir.Name(start, start, "$_")))

    def form(self, node: Node, start: int, end: int) -> ir.Node:
        """``format X =``: after each picture stands a line of expressions."""
        lines = self.text(node).splitlines()[:_LINES]
        return self.code("\n".join(line for line in lines if not _PICTURE.search(line) and line != "."), start, end)

    def code(self, text: str, start: int, end: int) -> ir.Node:
        """Text that Perl runs though it stands in a place for text."""
        return ir.Invoke(start, end, ir.Name(start, start, "eval"), [ir.Const(start, end, text)])

    def pattern(self, node: Node, start: int, end: int) -> ir.Node:
        """``/.../``: ``(?{ code })`` in it runs."""
        text = self.text(node)
        parts = [self.code(block, start, end) for block in code_blocks(text)]
        content = node.child_by_field_name("content")
        variables = self.all(content) if content is not None and "$" in text else []
        return ir.Group(start, end, [*parts, *map(self.matched, variables)])

    def matched(self, pattern: ir.Node) -> ir.Node:
        """A pattern that is put together: code in it runs."""
        start, end = pattern.start, pattern.end
        code = ir.Invoke(start, end, ir.Name(start, start, "pattern-code"), [pattern])
        return ir.Invoke(start, end, ir.Name(start, start, "eval"), [code])


def _walk(node: Node) -> list[Node]:
    return [child for first in node.named_children[:64] for child in (first, *first.named_children[:64])]
