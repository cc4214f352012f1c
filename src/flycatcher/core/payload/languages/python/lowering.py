"""Python through its own parser: ``ast`` to ``ir``. Exact for Python 3 text; what it refuses goes to the tolerant front end."""

from __future__ import annotations

import ast
import re
import warnings
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.ir import SPREAD
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from flycatcher.core.payload.source import Source

_OPS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.MatMult: "@",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_UNARY: dict[type[ast.unaryop], str] = {ast.Not: "not", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}

MAX_NESTING = 120
"""Brackets or unary operators below each other that are handed to the C parser, whose stack is finite."""


def too_deep(text: str) -> bool:
    """Whether brackets, indentation-free operator runs or attribute chains nest deeper than the C parser should see."""
    depth = deepest = 0
    for match in re.finditer(r"[()\[\]{}]", text):
        depth += 1 if match[0] in "([{" else -1
        deepest = max(deepest, depth)
    return deepest > MAX_NESTING or re.search(r"(?:[-+~]\s*|not\s+|lambda\s*:\s*|await\s+){120}", text) is not None


TOKEN = lazy(
    r"\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*(?:\"\"\")?|'''(?:[^'\\]|\\.|'(?!''))*(?:''')?"
    r"|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|#[^\n]*|\w+|[^\s\w]",
    re.DOTALL,
)
TOKENS_A_NODE = 2
"""Tokens that are handed to the C parser for each node that may be read of its tree: it cannot be stopped half-way."""


def shorten(source: Source, tokens: int) -> None:
    """Cut ``source`` behind its first ``tokens`` tokens, where a statement ends before that."""
    head = source.head
    if len(head) <= tokens:
        return
    last = next(islice(TOKEN.finditer(head), tokens, None), None)
    if last is None:
        return
    end = head.rfind("\n", 0, last.start()) + 1
    while end > 0 and head[end : end + 1] in " \t)]}":  # inside a block or a bracket
        end = head.rfind("\n", 0, end - 1) + 1
    source.cut(source.byte(end or head.rfind(";", 0, last.start()) + 1 or last.start()))


def parse(source: Source, nodes: int) -> ir.Program | None:
    """Return the program, or None where Python 3 would not compile the text (or should not be made to try)."""
    shorten(source, nodes * TOKENS_A_NODE)
    if too_deep(source.head) or "\0" in source.head:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.head)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return Lowering(source, nodes).program(tree)


class Lowering:
    """One walk over an ``ast`` tree."""

    def __init__(self, source: Source, nodes: int) -> None:
        """Prepare for ``source``, at most ``nodes`` nodes."""
        self.lines = source.line_starts()
        self.size = len(source.data)
        self.allowed = self.left = nodes
        self.depth = 0
        self.deferred: list[ir.Node] = []
        self.waiting: list[ast.AST] = []

    def program(self, tree: ast.Module) -> ir.Program:
        """Lower everything; trees that are too deep are lowered on their own."""
        body = self.some(tree.body, 0, self.size)
        while self.waiting and self.left > 0:
            self.deferred.append(self.lower(self.waiting.pop()))
        notes = ["the syntax tree is larger than what is read of it"] if self.left <= 0 else []
        return ir.Program(
            body, complete=self.left > 0, deferred=self.deferred, notes=notes, read=self.allowed - self.left
        )

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return byte offsets."""
        line, end = getattr(node, "lineno", 1), getattr(node, "end_lineno", None) or 1
        start = self.lines[min(line, len(self.lines)) - 1] + getattr(node, "col_offset", 0)
        stop = self.lines[min(end, len(self.lines)) - 1] + (getattr(node, "end_col_offset", 0) or 0)
        return min(start, self.size), min(max(start, stop), self.size)

    def lower(self, node: ast.AST) -> ir.Node:
        """Lower one node."""
        self.left -= 1
        start, end = self.span(node)
        if self.depth >= ir.MAX_DEPTH:
            self.waiting.append(node)
            return ir.Group(start, end)
        if self.left <= 0:
            return ir.Group(start, end)
        self.depth += 1
        try:
            handler = _HANDLERS.get(type(node))
            if handler is not None:
                return handler(self, node, start, end)
            return ir.Group(start, end, self.all(ast.iter_child_nodes(node)))
        finally:
            self.depth -= 1

    def all(self, nodes: Iterable[ast.AST]) -> list[ir.Node]:
        """Lower every node of an iterable, leaving the contexts out."""
        wanted = (n for n in nodes if not isinstance(n, (ast.expr_context, ast.operator)))
        return [self.lower(n) for n in takewhile(lambda _node: self.left > 0, wanted)]

    def some(self, nodes: Sequence[ast.AST], start: int, end: int) -> ir.Group:
        """Lower statements as one group."""
        return ir.Group(start, end, [self.lower(n) for n in takewhile(lambda _node: self.left > 0, nodes)])


def _constant(_low: Lowering, node: ast.Constant, start: int, end: int) -> ir.Node:
    value = node.value
    return ir.Const(start, end, value if value is None or isinstance(value, (str, bytes, int, float)) else repr(value))


def _name(_low: Lowering, node: ast.Name, start: int, end: int) -> ir.Node:
    return ir.Name(start, end, node.id)


def _attribute(low: Lowering, node: ast.Attribute, start: int, end: int) -> ir.Node:
    return ir.Member(start, end, low.lower(node.value), node.attr)


def _subscript(low: Lowering, node: ast.Subscript, start: int, end: int) -> ir.Node:
    obj, cut = low.lower(node.value), node.slice
    if isinstance(cut, ast.Slice):
        bounds = [None if part is None else low.lower(part) for part in (cut.lower, cut.upper, cut.step)]
        return ir.Index(start, end, obj, bounds[0], bounds[1], bounds[2], slice=True)
    return ir.Index(start, end, obj, low.lower(cut))


def _call(low: Lowering, node: ast.Call, start: int, end: int) -> ir.Node:
    func = low.lower(node.func)
    args = [_item(low, arg, spread=True) for arg in node.args]
    kwargs = [(keyword.arg or "**", low.lower(keyword.value)) for keyword in node.keywords]
    return ir.Invoke(start, end, func, args, kwargs)


def _binop(low: Lowering, node: ast.BinOp, start: int, end: int) -> ir.Node:
    kind, operands, left = type(node.op), [node.right], node.left
    while isinstance(left, ast.BinOp) and type(left.op) is kind:
        operands.append(left.right)
        left = left.left
    operands.append(left)
    return ir.Operate(start, end, _OPS[kind], [low.lower(operand) for operand in reversed(operands)])


def _boolop(low: Lowering, node: ast.BoolOp, start: int, end: int) -> ir.Node:
    return ir.Operate(start, end, "and" if isinstance(node.op, ast.And) else "or", low.all(node.values))


def _unary(low: Lowering, node: ast.UnaryOp, start: int, end: int) -> ir.Node:
    return ir.Operate(start, end, _UNARY[type(node.op)], [low.lower(node.operand)])


def _compare(low: Lowering, node: ast.Compare, start: int, end: int) -> ir.Node:
    op = _COMPARISONS.get(type(node.ops[0]))
    parts = [low.lower(node.left), *low.all(node.comparators)]
    return (
        ir.Operate(start, end, op, parts)
        if op and len(parts) == 2
        else ir.Group(start, end, [*parts, ir.Group(start, end)])
    )


def _sequence(low: Lowering, node: ast.List | ast.Tuple | ast.Set, start: int, end: int) -> ir.Node:
    read = not isinstance(node, ast.Set) and isinstance(node.ctx, ast.Load)
    return ir.Items(start, end, [_item(low, item, spread=read) for item in node.elts])


def _item(low: Lowering, item: ast.expr, *, spread: bool) -> ir.Node:
    """Return an item of a list; one with a star is spread out in it where the list is read."""
    if not isinstance(item, ast.Starred):
        return low.lower(item)
    inner = low.lower(item.value)
    return ir.Operate(inner.start, inner.end, SPREAD, [inner]) if spread else inner


def _dict(low: Lowering, node: ast.Dict, start: int, end: int) -> ir.Node:
    """Keys and values; ``**other`` is spread out where it stands."""
    pairs = []
    for key, value in zip(node.keys, node.values, strict=True):
        inner = low.lower(value)
        spread = ir.Operate(inner.start, inner.end, SPREAD, [inner])
        pairs.append((ir.Const(start, start), spread) if key is None else (low.lower(key), inner))
    return ir.Pairs(start, end, pairs)


def _joined(low: Lowering, node: ast.JoinedStr, start: int, end: int) -> ir.Node:
    return ir.Template(start, end, low.all(node.values))


def _formatted(low: Lowering, node: ast.FormattedValue, start: int, end: int) -> ir.Node:
    """The value; what its format holds (``f"{1:{x()}}"``) is read before it."""
    if node.format_spec is None:
        return low.lower(node.value)
    return ir.Group(start, end, [low.lower(node.format_spec), low.lower(node.value)])


def _ifexp(low: Lowering, node: ast.IfExp, start: int, end: int) -> ir.Node:
    return ir.Choice(start, end, low.lower(node.test), low.lower(node.body), low.lower(node.orelse))


def _if(low: Lowering, node: ast.If, start: int, end: int) -> ir.Node:
    otherwise = low.some(node.orelse, start, end) if node.orelse else None
    return ir.Choice(start, end, low.lower(node.test), low.some(node.body, start, end), otherwise)


def _params(args: ast.arguments) -> list[str]:
    return [arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)]


def _lambda(low: Lowering, node: ast.Lambda, start: int, end: int) -> ir.Node:
    return ir.Function(
        start, end, "", _params(node.args), low.lower(node.body), _defaults(low, node.args), _rest(node.args)
    )


def _defaults(low: Lowering, args: ast.arguments) -> list[tuple[str, ir.Node]]:
    plain = [*args.posonlyargs, *args.args]
    given = [*zip(plain[len(plain) - len(args.defaults) :], args.defaults, strict=True)]
    given += [(arg, value) for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value is not None]
    return [(arg.arg, low.lower(value)) for arg, value in given]


def _rest(args: ast.arguments) -> str:
    return args.kwarg.arg if args.kwarg is not None else ""


def _def(low: Lowering, node: ast.FunctionDef | ast.AsyncFunctionDef, start: int, end: int) -> ir.Node:
    around = [*_annotations(low, node.args), *([] if node.returns is None else [low.lower(node.returns)])]
    function = ir.Function(
        start,
        end,
        node.name,
        _params(node.args),
        low.some(node.body, start, end),
        _defaults(low, node.args),
        _rest(node.args),
    )
    decorated = _decorated(low, node.decorator_list, function)
    return ir.Group(start, end, [*around, decorated]) if around else decorated


def _annotations(low: Lowering, args: ast.arguments) -> list[ir.Node]:
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
    return [low.lower(arg.annotation) for arg in every if arg is not None and arg.annotation is not None]


def _decorated(low: Lowering, decorators: Sequence[ast.AST], inner: ir.Node) -> ir.Node:
    """``@f`` calls ``f`` with what follows, the lowest first."""
    for decorator in reversed(decorators):
        inner = ir.Invoke(inner.start, inner.end, low.lower(decorator), [inner])
    return inner


def _class(low: Lowering, node: ast.ClassDef, start: int, end: int) -> ir.Node:
    """The bases, the keywords and the body; the name stands for the first base, as whose child it is called."""
    bases = low.all(base.value if isinstance(base, ast.Starred) else base for base in node.bases)
    parts: list[ir.Node] = [*bases, *(low.lower(keyword.value) for keyword in node.keywords)]
    if node.bases and isinstance(node.bases[0], (ast.Name, ast.Attribute)):
        parts.append(ir.Assign(start, end, ir.Name(start, start, node.name), bases[0]))
    body = ir.Group(start, end, [*parts, low.some(node.body, start, end)])
    return _decorated(low, node.decorator_list, body) if node.decorator_list else body


def _comprehension(low: Lowering, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, start: int, end: int) -> ir.Node:
    element = low.lower(node.elt)
    for clause in reversed(node.generators):
        element = ir.Comprehend(
            start, end, element, low.lower(clause.target), low.lower(clause.iter), low.all(clause.ifs)
        )
    return element


def _dictcomp(low: Lowering, node: ast.DictComp, start: int, end: int) -> ir.Node:
    element: ir.Node = ir.Pairs(start, end, [(low.lower(node.key), low.lower(node.value))])
    for clause in reversed(node.generators):
        element = ir.Comprehend(
            start, end, element, low.lower(clause.target), low.lower(clause.iter), low.all(clause.ifs)
        )
    return element


def _assign(low: Lowering, node: ast.Assign, start: int, end: int) -> ir.Node:
    if len(node.targets) == 1:
        return ir.Assign(start, end, low.lower(node.targets[0]), low.lower(node.value))
    inner: ir.Node = low.lower(node.value)
    for target in reversed(node.targets):
        inner = ir.Assign(start, end, low.lower(target), inner)
    return inner


def _annassign(low: Lowering, node: ast.AnnAssign, start: int, end: int) -> ir.Node:
    """``a: b = c``; the annotation is an expression that runs."""
    note = low.lower(node.annotation)
    if node.value is None:
        return note
    return ir.Group(start, end, [note, ir.Assign(start, end, low.lower(node.target), low.lower(node.value))])


def _augassign(low: Lowering, node: ast.AugAssign, start: int, end: int) -> ir.Node:
    return ir.Assign(start, end, low.lower(node.target), low.lower(node.value), _OPS[type(node.op)])


def _walrus(low: Lowering, node: ast.NamedExpr, start: int, end: int) -> ir.Node:
    return ir.Assign(start, end, low.lower(node.target), low.lower(node.value))


def _for(low: Lowering, node: ast.For | ast.AsyncFor, start: int, end: int) -> ir.Node:
    loop = ir.Loop(start, end, low.some(node.body, start, end), low.lower(node.target), low.lower(node.iter))
    return ir.Group(start, end, [loop, low.some(node.orelse, start, end)])


def _while(low: Lowering, node: ast.While, start: int, end: int) -> ir.Node:
    return ir.Loop(start, end, low.some([*node.body, *node.orelse], start, end), test=low.lower(node.test))


def _with(low: Lowering, node: ast.With | ast.AsyncWith, start: int, end: int) -> ir.Node:
    parts: list[ir.Node] = []
    for item in node.items:
        value = low.lower(item.context_expr)
        parts.append(
            value if item.optional_vars is None else ir.Assign(start, end, low.lower(item.optional_vars), value)
        )
    return ir.Group(start, end, [*parts, low.some(node.body, start, end)])


def _return(low: Lowering, node: ast.Return, start: int, end: int) -> ir.Node:
    return ir.Return(start, end, None if node.value is None else low.lower(node.value))


def _import(_low: Lowering, node: ast.Import, start: int, end: int) -> ir.Node:
    bindings = [
        (alias.asname or alias.name.split(".")[0], alias.name if alias.asname else alias.name.split(".")[0])
        for alias in node.names
    ]
    return ir.Import(start, end, bindings)


def _from(_low: Lowering, node: ast.ImportFrom, start: int, end: int) -> ir.Node:
    module = node.module or "."
    bindings = [("*", module) if a.name == "*" else (a.asname or a.name, f"{module}.{a.name}") for a in node.names]
    return ir.Import(start, end, bindings)


_HANDLERS: dict[type[ast.AST], Callable[..., ir.Node]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.BinOp: _binop,
    ast.BoolOp: _boolop,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.IfExp: _ifexp,
    ast.If: _if,
    ast.Lambda: _lambda,
    ast.FunctionDef: _def,
    ast.ClassDef: _class,
    ast.AsyncFunctionDef: _def,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _dictcomp,
    ast.Assign: _assign,
    ast.AnnAssign: _annassign,
    ast.AugAssign: _augassign,
    ast.NamedExpr: _walrus,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Return: _return,
    ast.Import: _import,
    ast.ImportFrom: _from,
}
