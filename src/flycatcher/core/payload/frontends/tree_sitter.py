"""What all tree-sitter front ends share: the walk, its bounds, and the lowering of the commonest shapes."""

from __future__ import annotations

import ctypes
import importlib
import importlib.machinery
import importlib.util
import re
import sys
import warnings
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.payload import decode, ir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

    from tree_sitter import Node, Parser, Query, Tree

    from flycatcher.core.payload.source import Source

    Handler = Callable[..., ir.Node]
    """A method of the lowering: (self, node, start, end) to a node."""


@cache
def parser(module: str, function: str) -> Parser:
    """Return the parser of a grammar; some grammars hand their address out as a number, which py-tree-sitter dislikes."""
    import tree_sitter  # noqa: PLC0415 (heavy, and only wanted when there is something to parse)

    grammar = _binding(module)
    if not hasattr(grammar, function):
        grammar = importlib.import_module(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return tree_sitter.Parser(tree_sitter.Language(getattr(grammar, function)()))


def _binding(module: str) -> ModuleType | None:
    """Return a grammar's extension module without its package, which imports as much again to find its queries; None without one."""
    package = importlib.util.find_spec(module)
    places = package.submodule_search_locations if package is not None else None
    spec = importlib.machinery.PathFinder.find_spec(f"{module}._binding", places) if places else None
    if spec is None or spec.loader is None:
        return None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


class TreeLowering:
    """One walk over a concrete syntax tree. ``handlers`` maps node types; other nodes become groups of their named parts."""

    handlers: ClassVar[dict[str, Handler]] = {}
    skipped: ClassVar[frozenset[str]] = frozenset({"comment", "ERROR_TOKEN"})
    calls: ClassVar[tuple[str, ...]] = ()
    """Types of nodes that are calls. One that no handler reaches (in a default of a parameter, in a getter) is a tree of its own."""
    cut_notes: ClassVar[str] = "the syntax tree is larger than what is read of it"

    def __init__(self, source: Source, nodes: int) -> None:
        """Prepare for ``source``, at most ``nodes`` nodes."""
        self.data = source.data
        self.ascii = source.ascii
        self.allowed = self.left = nodes
        self.depth = 0
        self.waiting: list[Node] = []
        self.reached: set[int] = set()
        """Nodes of :attr:`calls` that have been lowered."""

    def program(self, root: Node, find_calls: Callable[[Node], Iterable[Node]] | None = None) -> ir.Program:
        """Lower everything; trees that are too deep, and the calls that no handler has reached, are lowered on their own."""
        body = self.lower(root)
        deferred: list[ir.Node] = []
        while self.waiting and self.left > 0:
            deferred.append(self.lower(self.waiting.pop()))
        calls = find_calls(root) if find_calls is not None and self.left > 0 else ()
        deferred.extend(self.lower(call) for call in calls if call.id not in self.reached and self.left > 0)
        complete = self.left > 0 and not root.has_error
        notes = [] if self.left > 0 else [self.cut_notes]
        return ir.Program(
            body, complete=complete, deferred=deferred, notes=notes, read=self.allowed - max(self.left, 0)
        )

    def lower(self, node: Node) -> ir.Node:
        """Lower one node."""
        self.left -= 1
        start, end = node.start_byte, min(node.end_byte, len(self.data))  # the parser may have had a line's end more
        if self.depth >= ir.MAX_DEPTH:
            self.waiting.append(node)
            return ir.Group(start, end)
        if self.left <= 0:
            return ir.Group(start, end)
        self.depth += 1
        try:
            kind = node.type
            if kind in self.calls:
                self.reached.add(node.id)
            handler = self.handlers.get(kind)
            if handler is not None:
                return handler(self, node, start, end)
            return self.broken(node, start, end) if kind == "ERROR" else self.group(node, start, end)
        finally:
            self.depth -= 1

    def group(self, node: Node, start: int, end: int) -> ir.Node:
        """Lower the named parts in order; a wrapper around one part is that part."""
        parts = self.all(node)
        return parts[0] if len(parts) == 1 else ir.Group(start, end, parts)

    def broken(self, node: Node, start: int, end: int) -> ir.Node:
        """Lower what the grammar could not put together: an expression before an opening bracket is called all the same."""
        parts: list[ir.Node] = []
        called = False
        for child in node.children:
            if child.type == "(" and parts:
                called = True
                parts[-1] = ir.Invoke(parts[-1].start, end, parts[-1], [])
            elif child.type in (")", ";", "{", "}"):
                called = False
            elif child.is_named and child.type not in self.skipped:
                lowered = self.lower(child)
                call = parts[-1] if parts and called else None
                if isinstance(call, ir.Invoke) and isinstance(call.args, list):
                    call.args.append(lowered)
                else:
                    parts.append(lowered)
        return ir.Group(start, end, parts)

    def all(self, node: Node) -> list[ir.Node]:
        """Lower every named child."""
        return self.each(node.named_children)

    def each(self, nodes: Iterable[Node]) -> list[ir.Node]:
        """Lower nodes of a list, as far as the bound allows."""
        lowered: list[ir.Node] = []
        for node in nodes:
            if self.left <= 0:
                break
            if node.type not in self.skipped:
                lowered.append(self.lower(node))
        return lowered

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
    finder = _finder(module, function, lowering.calls) if lowering.calls else None
    return lowering(source, nodes).program(tree.root_node, finder)


@cache
def _finder(module: str, function: str, kinds: tuple[str, ...]) -> Callable[[Node], list[Node]]:
    """Return a function that finds the nodes of these types in a tree, the outer before the inner."""

    def find(root: Node) -> list[Node]:
        if root.descendant_count <= SMALL:
            found = _walked(root, kinds)
        else:
            import tree_sitter  # noqa: PLC0415 (as above)

            found = tree_sitter.QueryCursor(_query(module, function, kinds)).captures(root).get("call", [])
        return sorted(found, key=lambda node: (node.start_byte, -node.end_byte))

    return find


SMALL = 2000
"""Nodes of a tree that is walked for calls: the query that finds them in a larger one takes 10 ms to make."""


def _walked(root: Node, kinds: tuple[str, ...]) -> list[Node]:
    found: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in kinds:
            found.append(node)
        waiting += node.named_children
    return found


@cache
def _query(module: str, function: str, kinds: tuple[str, ...]) -> Query:
    import tree_sitter  # noqa: PLC0415 (as above)

    language = parser(module, function).language
    assert language is not None  # noqa: S101 (every parser here has one)
    return tree_sitter.Query(language, f"[{' '.join(f'({kind})' for kind in kinds)}] @call")


SHORT = 1024
"""Bytes that are parsed whatever it takes: error recovery ends soon with so little."""
LEAST = 2000
"""Work that each attempt may take, however little is left of the analysis's."""
OPERATIONS = 40
"""Work of 100 operations of the parser, in pieces of text that are read: after so many it asks whether it may go on."""


class Feed:
    """Hands a text to the parser in pieces, and ends the text, then the parse, when the parser has worked too much.

    Error recovery, and scanners that look for the end of a text that has none, can take many seconds for a few kilobytes of
    nothing but quotes. The work is counted: 1 for each piece that is read (again), :data:`OPERATIONS` for each 100 operations.
    When ``allowed`` is used up, the text ends for the parser where it has read to; when the quarter of it that is left for that
    is used up too, the parse ends without a tree.

    py-tree-sitter 0.25 and 0.26 keep a reference to each piece for ever; :meth:`release` gives it back where that happened.
    """

    _PIECE = 256

    def __init__(self, data: bytes, allowed: int) -> None:
        """Hand out ``data``."""
        self.data = data
        self.pieces: list[bytes] = []
        self.end = len(data)
        """Where the text ends for the parser."""
        self.work = 0
        self._allowed = allowed - allowed // 4
        self._at_most = allowed
        self._reached = 0

    def read(self, at: int, _point: object) -> bytes:
        """Return the text from byte ``at`` on, as much as one piece holds."""
        self.work += 1
        if self.work > self._at_most:
            return b""  # a scanner that reads on and on is never asked whether it may
        if self.work > self._allowed:
            self._finish()
        piece = self.data[at : min(at + self._PIECE, self.end)]
        self._reached = max(self._reached, at + len(piece))
        if len(piece) > 1:  # shorter ones are shared by the whole process
            self.pieces.append(piece)
        return piece

    def too_much(self, *_state: object) -> bool:
        """Count what has been done; return whether the parse has to end."""
        self.work += OPERATIONS
        if self.work > self._allowed:
            self._finish()
        return self.exhausted

    @property
    def exhausted(self) -> bool:
        """Whether the parse has used up all its work: what tree there is says nothing."""
        return self.work > self._at_most

    def _finish(self) -> None:
        """Let the text end where the parser has read to."""
        self.end = min(self.end, self._reached)

    def release(self) -> None:
        """Undo the references that the parser forgot."""
        forget = ctypes.pythonapi.Py_DecRef
        forget.argtypes = (ctypes.py_object,)
        forget.restype = None
        while self.pieces:
            piece = self.pieces.pop()
            if sys.getrefcount(piece) == _FORGOTTEN:
                forget(piece)


_FORGOTTEN = 3
"""References to a piece that the parser forgot: the local name, the argument of getrefcount, and the parser's."""


_CLASSIFIES_BYTES = frozenset({"bash"})
"""Grammars whose scanners ask isalpha(3) about whole code points: beyond its table that reads other memory, or none."""
_LINES_END = frozenset({"perl"})
"""Grammars whose texts end with a line's end."""
_FOUR_BYTES = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}")
_TWO_LETTERS = "ÿÿ".encode()


def _harmless(data: bytes, engine: Parser) -> bytes:
    """Return the text as a scanner can bear it: code points of four bytes as letters of as many, so that every span stays.

    tree-sitter-perl 2.0 goes round for ever where a here-document's last line, behind a backslash or ``@``, is the text's end.
    """
    if engine.language is not None and engine.language.name in _LINES_END and not data.endswith(b"\n"):
        data += b"\n"
    if data.isascii() or engine.language is None or engine.language.name not in _CLASSIFIES_BYTES:
        return data
    return _FOUR_BYTES.sub(_TWO_LETTERS, data)


def _bounded_parse(engine: Parser, source: Source) -> Tree:
    """Parse with bounded work: a text whose parse takes too much is cut, where the parser was or to a quarter, again and again."""
    while len(source.data) > SHORT:
        feed = Feed(_harmless(source.data, engine), max(source.parsing * 3 // 4, LEAST))
        try:
            tree: Tree | None = engine.parse(feed.read, progress_callback=feed.too_much)
        except ValueError:  # what py-tree-sitter raises when the callback ends the parse
            tree = None
        finally:
            feed.release()
            source.parsing = max(source.parsing - feed.work, 0)
        if tree is not None and not feed.exhausted:
            if feed.end < len(source.data):
                source.cut(feed.end)
            return tree
        engine.reset()
        source.cut(max(len(source.data) // 4, SHORT))
    return engine.parse(_harmless(source.data, engine))
