"""What all tree-sitter front ends share: the walk, its bounds, and the lowering of the commonest shapes."""

from __future__ import annotations

import importlib
import time
import warnings
from functools import cache
from typing import TYPE_CHECKING

from flycatcher.payload import decode, ir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Node, Parser, Tree

    from flycatcher.payload.source import Source

    Handler = Callable[["TreeLowering", Node, int, int], ir.Node]


@cache
def parser(module: str, function: str) -> Parser:
    """Return the parser of a grammar; some grammars hand their address out as a number, which py-tree-sitter dislikes."""
    import tree_sitter  # noqa: PLC0415 (heavy, and only wanted when there is something to parse)

    grammar = importlib.import_module(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return tree_sitter.Parser(tree_sitter.Language(getattr(grammar, function)()))


class TreeLowering:
    """One walk over a concrete syntax tree. ``handlers`` maps node types; other nodes become groups of their named parts."""

    handlers: dict[str, Handler]
    skipped: frozenset[str] = frozenset({"comment", "ERROR_TOKEN"})
    cut_notes = "the syntax tree is larger than what is read of it"

    def __init__(self, source: Source, nodes: int) -> None:
        """Prepare for ``source``, at most ``nodes`` nodes."""
        self.data = source.data
        self.ascii = source.ascii
        self.allowed = self.left = nodes
        self.depth = 0
        self.waiting: list[Node] = []

    def program(self, root: Node) -> ir.Program:
        """Lower everything; trees that are too deep are lowered on their own."""
        body = self.lower(root)
        deferred: list[ir.Node] = []
        while self.waiting and self.left > 0:
            deferred.append(self.lower(self.waiting.pop()))
        complete = self.left > 0 and not root.has_error
        notes = [] if self.left > 0 else [self.cut_notes]
        return ir.Program(
            body, complete=complete, deferred=deferred, notes=notes, read=self.allowed - max(self.left, 0)
        )

    def lower(self, node: Node) -> ir.Node:
        """Lower one node."""
        self.left -= 1
        start, end = node.start_byte, node.end_byte
        if self.depth >= ir.MAX_DEPTH:
            self.waiting.append(node)
            return ir.Group(start, end)
        if self.left <= 0:
            return ir.Group(start, end)
        self.depth += 1
        try:
            handler = self.handlers.get(node.type)
            if handler is not None:
                return handler(self, node, start, end)
            return self.group(node, start, end)
        finally:
            self.depth -= 1

    def group(self, node: Node, start: int, end: int) -> ir.Node:
        """Lower the named parts in order; a wrapper around one part is that part."""
        parts = self.all(node)
        return parts[0] if len(parts) == 1 else ir.Group(start, end, parts)

    def all(self, node: Node) -> list[ir.Node]:
        """Lower every named child."""
        return [self.lower(child) for child in node.named_children if child.type not in self.skipped]

    def each(self, nodes: Iterable[Node]) -> list[ir.Node]:
        """Lower nodes of a list."""
        return [self.lower(node) for node in nodes if node.type not in self.skipped]

    def text(self, node: Node | None) -> str:
        """Return a node's own text."""
        return "" if node is None else self.data[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")

    def field(self, node: Node, name: str) -> ir.Node:
        """Lower a field; nothing where it is missing."""
        child = node.child_by_field_name(name)
        return ir.Group(node.start_byte, node.start_byte) if child is None else self.lower(child)

    def maybe(self, node: Node, name: str) -> ir.Node | None:
        """Lower a field, None where it is missing."""
        child = node.child_by_field_name(name)
        return None if child is None else self.lower(child)

    def operator(self, node: Node) -> str:
        """Return a node's operator as written."""
        return self.text(node.child_by_field_name("operator"))

    def chain(self, node: Node, start: int, end: int, kind: str = "binary_expression") -> ir.Node:
        """Lower a binary expression; a chain of one operator becomes flat."""
        op = self.operator(node)
        operands: list[Node] = []
        current = node
        while current.type == kind and self.operator(current) == op:
            left, right = current.child_by_field_name("left"), current.child_by_field_name("right")
            if left is None or right is None:
                return self.group(node, start, end)
            operands.append(right)
            current = left
        operands.append(current)
        return ir.Operate(start, end, op, [self.lower(operand) for operand in reversed(operands)])


def pieces(low: TreeLowering, node: Node, literal: frozenset[str], *, escapes: bool = True) -> list[ir.Node]:
    """Lower the parts of a string: literal pieces and escapes to constants, the rest as expressions.

    Grammars leave blanks and plain text between parts out of the tree, so gaps are read from the text itself.
    """
    parts: list[ir.Node] = []
    for child in node.children:
        start, end = child.start_byte, child.end_byte
        if child.type in literal:
            parts.append(ir.Const(start, end, low.text(child)))
        elif child.type == "escape_sequence":
            text = low.text(child)
            parts.append(ir.Const(start, end, decode.unescape_text(text) if escapes else text))
        elif child.is_named:
            parts.append(low.lower(child))
    return parts


def joined(start: int, end: int, parts: list[ir.Node]) -> ir.Node:
    """Return a constant if all parts are, a template otherwise."""
    if all(type(part) is ir.Const for part in parts):
        return ir.Const(start, end, "".join(str(part.value) for part in parts))  # type: ignore[attr-defined]
    return ir.Template(start, end, parts)


def number(text: str) -> int | float | str:
    """Return a number as C-like languages write it; its text where it is something else."""
    clean = text.replace("_", "").lower().rstrip("n")
    try:
        if clean[:2] in ("0x", "0b", "0o"):
            return int(clean[:1200], 0)
        if len(clean) > 1 and clean[0] == "0" and clean.isdecimal():
            return int(clean[:400], 8)
        return int(clean[:1200]) if clean.isdecimal() else float(clean)
    except ValueError:
        return text


def parse_with(lowering: type[TreeLowering], module: str, function: str, source: Source, nodes: int) -> ir.Program:
    """Parse and lower."""
    tree = _bounded_parse(parser(module, function), source)
    return lowering(source, nodes).program(tree.root_node)


PARSE_SECONDS = 0.2
"""Processor time that a grammar may take for one text. Error recovery can take many seconds for a text of nothing but quotes;
then less and less of the text is read, and the layer says so. The only clock in the analysis."""


def _bounded_parse(engine: Parser, source: Source) -> Tree:
    """Parse, in bounded time: a text whose parse takes too long is cut to a quarter, at least to 1 KiB."""
    while True:
        data, stop = source.data, time.thread_time() + PARSE_SECONDS
        last = len(data) <= 1024
        late = (lambda *_: False) if last else (lambda *_, stop=stop: time.thread_time() > stop)
        try:
            tree = engine.parse(lambda at, _point, data=data: data[at : at + 65_536], progress_callback=late)  # type: ignore[call-arg]
        except ValueError:  # what py-tree-sitter raises when the callback ends the parse
            tree = None
        if tree is not None:
            return tree
        engine.reset()
        source.cut(len(data) // 4)
