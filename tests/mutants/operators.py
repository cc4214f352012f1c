"""The single changes that are tried: each is a piece of source text that another one takes the place of.

The kinds are those of the literature (Offutt, "An experimental determination of sufficient mutant operators", 1996), and one
that tables ask for: an element of a literal is left out.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.In: "not in", ast.NotIn: "in",
    ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
_COMPUTED: dict[type[ast.operator], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "//", ast.FloorDiv: "*", ast.BitOr: "&", ast.BitAnd: "|", ast.Mod: "*",
}  # fmt: skip
_PASSED_OVER = {"__all__"}


class Mutant(NamedTuple):
    """One change."""

    line: int
    """Its first line, from 1."""
    start: int
    end: int
    """Where the text begins and ends that is replaced: bytes of the file."""
    text: str
    kind: str


def mutants_of(source: str) -> list[Mutant]:
    """Return every single change of a module, in the order of its lines."""
    tree = ast.parse(source)
    place = _Places(source)
    found = [Mutant(node.lineno, *span, text, kind) for node, span, text, kind in _changes(tree, place) if node.lineno]
    return sorted(set(found))


def mutated(source: str, mutant: Mutant) -> str:
    """Return the module with one change."""
    raw = source.encode()
    return (raw[: mutant.start] + mutant.text.encode() + raw[mutant.end :]).decode()


class _Places:
    """Where nodes lie in the bytes of a file."""

    def __init__(self, source: str) -> None:
        self._raw = source.encode()
        self._starts = [0]
        for line in self._raw.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return begin and end."""
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[end_line - 1] + end

    def text(self, node: ast.expr) -> str:
        """Return a node's text."""
        start, end = self.span(node)
        return self._raw[start:end].decode()

    def between(self, left: ast.expr, right: ast.expr, word: str) -> tuple[int, int] | None:
        """Return where an operator stands between its operands; None where that is not plain (brackets, comments)."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = self._raw[start:end].decode()
        if gap.strip() != word:
            return None
        at = start + len(gap[: gap.index(word)].encode())
        return at, at + len(word)


_Change = tuple[ast.expr | ast.stmt, tuple[int, int], str, str]
_WORDS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in", ast.NotIn: "not in",
    ast.Is: "is", ast.IsNot: "is not", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.BitOr: "|",
    ast.BitAnd: "&", ast.Mod: "%",
}  # fmt: skip


def _changes(tree: ast.Module, place: _Places) -> Iterator[_Change]:
    left_out = _types_and_documentation(tree)
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.expr):
            yield from _of_expression(node, place)
        elif isinstance(node, ast.stmt):
            yield from _of_statement(node, place)


def _of_expression(node: ast.expr, place: _Places) -> Iterator[_Change]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        kind = type(node.ops[0])
        at = place.between(node.left, node.comparators[0], _WORDS[kind])
        if at is not None:
            yield node, at, _COMPARED[kind], f"{_WORDS[kind]} becomes {_COMPARED[kind]}"
    elif isinstance(node, ast.BinOp) and type(node.op) in _COMPUTED:
        word = _WORDS[type(node.op)]
        at = place.between(node.left, node.right, word)
        if at is not None:
            yield node, at, _COMPUTED[type(node.op)], f"{word} becomes {_COMPUTED[type(node.op)]}"
    elif isinstance(node, ast.BoolOp):
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield node, place.span(node), f"({place.text(left)})", f"only one side of {word}"
            at = place.between(left, right, word)
            if at is not None and len(node.values) == 2:
                yield node, at, other, f"{word} becomes {other}"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, place.span(node), f"({place.text(node.operand)})", "not is left out"
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node, place)
    elif (
        isinstance(node, (ast.Tuple, ast.List, ast.Set))
        and len(node.elts) > 1
        and isinstance(node.elts[0], ast.Constant)
    ):
        yield from _of_elements(node, place)


def _of_constant(node: ast.Constant, place: _Places) -> Iterator[_Change]:
    value = node.value
    if isinstance(value, bool):
        yield node, place.span(node), str(not value), f"{value} becomes {not value}"
    elif isinstance(value, int):
        yield node, place.span(node), f"({value} + 1)", f"{value} becomes {value + 1}"


def _of_elements(node: ast.Tuple | ast.List | ast.Set, place: _Places) -> Iterator[_Change]:
    for left, right in zip(node.elts, node.elts[1:], strict=False):
        start, end = place.span(left)[0], place.span(right)[0]
        yield left, (start, end), "", f"{place.text(left)[:40]} is left out"


def _of_statement(node: ast.stmt, place: _Places) -> Iterator[_Change]:
    if isinstance(node, (ast.If, ast.While)):
        for value in ("True", "False") if isinstance(node, ast.If) else ("False",):
            yield node, place.span(node.test), value, f"the condition is {value}"
    elif isinstance(node, ast.Return) and node.value is not None:
        yield node, place.span(node.value), "None", "returns None"
    elif isinstance(node, (ast.Expr, ast.AugAssign, ast.Raise)):
        yield node, place.span(node), "pass", "the statement is left out"


def _types_and_documentation(tree: ast.Module) -> set[int]:
    """Return the nodes that do nothing when the program runs: docstrings, annotations, imports for types, ``__all__``."""
    return {number for node in ast.walk(tree) for part in _idle_parts(node) for number in _all(part)}


def _idle_parts(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node that do nothing."""
    if isinstance(node, (ast.AnnAssign, ast.arg)):
        return [node.annotation] if node.annotation is not None else []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [node.returns] if node.returns is not None else []
    idle = (
        (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Assign) and any(getattr(target, "id", "") in _PASSED_OVER for target in node.targets))
    )
    return [node] if idle else []


def _all(node: ast.AST) -> set[int]:
    return {id(below) for below in ast.walk(node)}
