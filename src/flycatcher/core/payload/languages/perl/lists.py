"""Perl's lists: arguments, slices, patterns of file names, and what goes over a list, to ``ir``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.languages.perl.patterns import PatternLowering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node


class ListLowering(PatternLowering):
    """Lists, and loops without a block."""

    def arguments(self, node: Node) -> list[ir.Node]:
        """Return arguments one by one: a list in a list is part of it."""
        if node.type == "quoted_word_list":
            listed = self.lower(node)
            return list(listed.items) if isinstance(listed, ir.Items) else [listed]
        if node.type in ("list_expression", "parenthesized_expression"):
            return [
                each
                for child in node.named_children
                if child.type not in self.skipped
                for each in self.arguments(child)
            ]
        return [self.lower(node)]

    def opened(self, values: Sequence[ir.Node]) -> list[ir.Node]:
        """What ``<>`` opens: each of the arguments."""
        return [
            ir.Invoke(
                each.start,
                each.end,
                ir.Name(each.start, each.start, "open"),
                [ir.Const(each.start, each.start, "ARGV"), each],
            )
            for each in values
        ]

    def slice_(self, node: Node, start: int, end: int) -> ir.Node:
        """``@a{b}`` and ``@$a{b}`` of one key: the entry; of more keys nothing is known."""
        parts = [child for child in node.named_children if child.type not in self.skipped]
        owner, keys = parts[0], parts[1:]
        if owner.type != "slice_container_variable" or len(keys) != 1 or keys[0].type == "list_expression":
            return self.group(node, start, end)
        sigil = "%" if node.child_by_field_name("hash") is not None else "@"
        plain = self.text(owner).lstrip("@").strip("{}")
        obj = ir.Name(start, start, plain if plain.startswith("$") else sigil + plain)
        return ir.Index(start, end, obj, self.lower(keys[0]))

    def globbed(self, node: Node, start: int, end: int) -> ir.Node:
        """``<*.c>``: the files that a pattern names."""
        return ir.Invoke(start, end, ir.Name(start, start, "glob"), self.interpolated(node))

    def over(self, node: Node, start: int, end: int) -> ir.Node:
        """``f $_ for list``."""
        listed = self.listed(node)
        return ir.Loop(start, end, self.lower(node.named_children[0]), ir.Name(start, start, "$_"), listed)

    def listed(self, node: Node) -> ir.Node:
        """Return the list that a loop goes over: one value alone is a list, too."""
        listed = self.field(node, "list")
        if isinstance(listed, ir.Items):
            return listed
        return ir.Items(listed.start, listed.end, [ir.Operate(listed.start, listed.end, "...", [listed])])

    def mapped(self, node: Node, start: int, end: int) -> ir.Node:
        """``map { } list``, ``grep { } list``."""
        callback = node.child_by_field_name("callback")
        body = ir.Group(start, start) if callback is None else self.lower(callback)
        listed = self.listed(node)
        topic = ir.Name(start, start, "$_")
        if self.data[start : start + 4] == b"grep":
            return ir.Comprehend(start, end, topic, topic, listed, [body])
        return ir.Comprehend(start, end, body, ir.Name(start, start, "$_"), listed)
