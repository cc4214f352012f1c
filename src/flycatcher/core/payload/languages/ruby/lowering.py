"""Ruby through tree-sitter: its syntax tree to ``ir``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.payload import decode, ir
from flycatcher.core.payload.frontends.tree_sitter import TreeLowering, joined, number, parse_with, pieces

if TYPE_CHECKING:
    from tree_sitter import Node

    from flycatcher.core.payload.frontends.tree_sitter import Handler
    from flycatcher.core.payload.source import Source
_LONGEST = 64 * 1024
_ESCAPED = re.compile(r"\\([\\'])")
_TEXT = frozenset({"string_content", "heredoc_content"})


_CALLS = re.compile(r"[\w?!\])][ (.]|`|%x")
"""What holds a call, as far as can be told."""
FORMATTED = "%-format"
"""The name of the function that runs what a format is given, where the parser takes it for a string: ``'%s'%[f()]``."""


class Lowering(TreeLowering):
    """tree-sitter-ruby to ir."""

    _bodies: dict[int, Node] | None = None
    """The here-documents' texts, by where they are used."""

    def string(self, node: Node, start: int, end: int) -> ir.Node:
        """Quoted strings; single quotes keep their backslashes but for those before a quote or another one."""
        single = self.data[start : start + 1] == b"'" or self.data[start : start + 2] == b"%q"
        parts = pieces(self, node, _TEXT, escapes=not single)
        for part in parts if single else ():
            if isinstance(part, ir.Const):
                part.value = _ESCAPED.sub(r"\1", str(part.value))
        return joined(start, end, parts)

    def chained(self, node: Node, start: int, end: int) -> ir.Node:
        """``'a' 'b'``; the parser takes ``'%s'%[f()]`` for one, which is a format and the values that it gets."""
        parts: list[ir.Node] = []
        for child in node.named_children:
            text = self.text(child)
            if parts and text.startswith(("%[", "%(", "%{", "%<")) and _CALLS.search(text):
                code = ir.Const(child.start_byte, child.end_byte, f"[{text[2:-1]}]")
                parts.append(ir.Invoke(child.start_byte, child.end_byte, ir.Name(start, start, FORMATTED), [code]))
            else:
                parts.append(self.lower(child))
        return ir.Template(start, end, parts)

    def words(self, node: Node, start: int, end: int) -> ir.Node:
        """``%w(a b)``."""
        return ir.Items(start, end, [self.word(child) for child in node.named_children])

    def word(self, node: Node) -> ir.Node:
        """One of the words; ``%W`` and ``%I`` interpolate."""
        if any(child.type == "interpolation" for child in node.named_children):
            return joined(node.start_byte, node.end_byte, pieces(self, node, _TEXT))
        return ir.Const(node.start_byte, node.end_byte, self.text(node))

    def symbol(self, node: Node, start: int, end: int) -> ir.Node:
        """``:name`` and ``?c``."""
        if any(child.type == "interpolation" for child in node.named_children):
            return joined(start, end, pieces(self, node, _TEXT))
        return ir.Const(start, end, decode.unescape_text(self.text(node)[1:]).strip("\"'"))

    def subshell(self, node: Node, start: int, end: int) -> ir.Node:
        """Backticks and ``%x()``."""
        return ir.Command(start, end, pieces(self, node, _TEXT))

    def interpolation(self, node: Node, start: int, end: int) -> ir.Node:
        """``#{a}``."""
        return self.group(node, start, end)

    def literal(self, node: Node, start: int, end: int) -> ir.Node:
        """Numbers, booleans, nil."""
        text = self.text(node)
        known = {"true": True, "false": False, "nil": None}
        return ir.Const(start, end, known[text] if text in known else number(text))

    def name(self, node: Node, start: int, end: int) -> ir.Node:
        """A variable, constant, or method without arguments."""
        return ir.Name(start, end, self.text(node))

    def scope(self, node: Node, start: int, end: int) -> ir.Node:
        """``A::B``: one dotted name."""
        return ir.Name(start, end, self.text(node).removeprefix("::"))

    def call(self, node: Node, start: int, end: int) -> ir.Node:
        """``a.b(c) { }``, ``b c``, ``b()``."""
        method = node.child_by_field_name("method")
        receiver = node.child_by_field_name("receiver")
        name = self.text(method) if method is not None else "call"
        arguments = node.child_by_field_name("arguments")
        args, kwargs = self.arguments(arguments)
        func: ir.Node = ir.Name(start, start, name)
        if receiver is not None:
            func = ir.Member(start, method.end_byte if method is not None else end, self.lower(receiver), name)
        block = node.child_by_field_name("block")
        return ir.Invoke(start, end, func, args, kwargs, None if block is None else self.lower(block))

    def arguments(self, node: Node | None) -> tuple[list[ir.Node], list[tuple[str, ir.Node]]]:
        """Split arguments into plain ones and ``key: value`` ones; other pairs are values by a made-up key."""
        args: list[ir.Node] = []
        kwargs: list[tuple[str, ir.Node]] = []
        for child in node.named_children if node is not None else ():
            if child.type == "pair":
                key = child.child_by_field_name("key")
                kwargs.append(
                    (
                        self.text(key).strip(":"),
                        ir.Group(child.start_byte, child.end_byte, [self.field(child, "value")]),
                    )
                )
            elif child.type != "comment":
                args.append(self.lower(child))
        return args, kwargs

    def element(self, node: Node, start: int, end: int) -> ir.Node:
        """``a[b]``, ``a[b, c]``."""
        between = next((child for child in node.named_children[1:] if child.type == "range"), None)
        if between is not None and len(node.named_children) == 2:
            return self.cut(node, between, start, end)
        parts = self.all(node)
        if len(parts) == 2:
            return ir.Index(start, end, parts[0], parts[1])
        return ir.Group(start, end, parts)

    def cut(self, node: Node, between: Node, start: int, end: int) -> ir.Node:
        """``a[b..c]``: the last is part of it, unless three dots say no."""
        first, last = self.maybe(between, "begin"), self.maybe(between, "end")
        stop: ir.Node | None = last
        if last is not None and b"..." not in self.data[between.start_byte : between.end_byte]:
            to_the_end = self.text(between.child_by_field_name("end")) == "-1"
            stop = None if to_the_end else ir.Operate(end, end, "+", [last, ir.Const(end, end, 1)])
        return ir.Index(start, end, self.lower(node.named_children[0]), first, stop, slice=True)

    def binary(self, node: Node, start: int, end: int) -> ir.Node:
        """Operators; ``a << b`` joins."""
        return self.chain(node, start, end, "binary")

    def unary(self, node: Node, start: int, end: int) -> ir.Node:
        """``!a``, ``-a``."""
        op = self.operator(node)
        operand = self.field(node, "operand")
        return (
            ir.Operate(start, end, op, [operand]) if op in ("!", "not", "-", "~") else ir.Group(start, end, [operand])
        )

    def assign(self, node: Node, start: int, end: int) -> ir.Node:
        """``a = b``, ``a += b``."""
        op = self.operator(node).removesuffix("=")
        return ir.Assign(
            start, end, self.field(node, "left"), self.field(node, "right"), "" if op in ("||", "&&") else op
        )

    def array(self, node: Node, start: int, end: int) -> ir.Node:
        """``[a, b]`` and ``a, b = ...``."""
        return ir.Items(start, end, self.all(node))

    def hash_(self, node: Node, start: int, end: int) -> ir.Node:
        """``{a: b}``."""
        pairs = [child for child in node.named_children if child.type == "pair"]
        return ir.Pairs(start, end, [(self.field(child, "key"), self.field(child, "value")) for child in pairs])

    def key(self, node: Node, start: int, end: int) -> ir.Node:
        """``key:``."""
        return ir.Const(start, end, self.text(node).strip(":"))

    def block(self, node: Node, start: int, end: int) -> ir.Node:
        """Blocks, lambdas and methods."""
        parameters = node.child_by_field_name("parameters")
        names = (
            []
            if parameters is None
            else [self.text(p.child_by_field_name("name") or p) for p in parameters.named_children]
        )
        if parameters is None:
            names = ["_1"]
        name = self.text(node.child_by_field_name("name")) if node.type == "method" else ""
        return ir.Function(start, end, name, names, self.field(node, "body"))

    def lambda_(self, node: Node, start: int, end: int) -> ir.Node:
        """``->(x) { }``."""
        parameters = node.child_by_field_name("parameters")
        body = node.child_by_field_name("body")
        names = [] if parameters is None else [self.text(p) for p in parameters.named_children]
        inner = None if body is None else body.child_by_field_name("body")
        return ir.Function(start, end, "", names, ir.Group(start, end) if inner is None else self.lower(inner))

    def returned(self, node: Node, start: int, end: int) -> ir.Node:
        """``return a``."""
        return ir.Return(start, end, self.group(node, start, end))

    def condition(self, node: Node, start: int, end: int) -> ir.Node:
        """``if``, ``a ? b : c``."""
        return ir.Choice(
            start, end, self.field(node, "condition"), self.field(node, "consequence"), self.maybe(node, "alternative")
        )

    def modifier(self, node: Node, start: int, end: int) -> ir.Node:
        """``a if b``, ``a while b``."""
        return ir.Group(start, end, [self.field(node, "condition"), self.field(node, "body")])

    def loop(self, node: Node, start: int, end: int) -> ir.Node:
        """``while``, ``until``."""
        return ir.Loop(start, end, self.field(node, "body"), test=self.maybe(node, "condition"))

    def heredoc(self, node: Node, start: int, end: int) -> ir.Node:
        """The text of a here-document."""
        return joined(start, end, pieces(self, node, _TEXT))

    def heredoc_use(self, node: Node, start: int, end: int) -> ir.Node:
        """``<<~WORD`` where the text is used, which stands behind the line's end."""
        if self._bodies is None:
            self._bodies = _bodies(node)
        body = self._bodies.get(node.start_byte)
        return ir.Const(start, end, "") if body is None else self.heredoc(body, start, end)

    def alias(self, node: Node, start: int, end: int) -> ir.Node:
        """``alias new old``: the new name is the old one's function."""
        new, old = (self.text(node.child_by_field_name(part)).lstrip(":") for part in ("name", "alias"))
        return ir.Assign(start, end, ir.Name(start, start, new), ir.Name(start, end, old))

    calls = ("call", "subshell")
    handlers: ClassVar[dict[str, Handler]] = {
        "string": string,
        "bare_string": string,
        "chained_string": chained,
        "heredoc_body": lambda _low, _node, start, end: ir.Const(start, end, None),
        "heredoc_beginning": heredoc_use,
        "string_array": words,
        "symbol_array": words,
        "alias": alias,
        "simple_symbol": symbol,
        "delimited_symbol": symbol,
        "character": symbol,
        "subshell": subshell,
        "interpolation": interpolation,
        "integer": literal,
        "float": literal,
        "true": literal,
        "false": literal,
        "nil": literal,
        "identifier": name,
        "constant": name,
        "global_variable": name,
        "instance_variable": name,
        "scope_resolution": scope,
        "splat_argument": lambda low, node, start, end: ir.Operate(
            start, end, ir.SPREAD, [low.group(node, start, end)]
        ),
        "call": call,
        "element_reference": element,
        "binary": binary,
        "unary": unary,
        "assignment": assign,
        "operator_assignment": assign,
        "array": array,
        "left_assignment_list": array,
        "hash": hash_,
        "hash_key_symbol": key,
        "block": block,
        "do_block": block,
        "method": block,
        "lambda": lambda_,
        "return": returned,
        "if": condition,
        "unless": condition,
        "conditional": condition,
        "elsif": condition,
        "if_modifier": modifier,
        "unless_modifier": modifier,
        "while_modifier": modifier,
        "until_modifier": modifier,
        "while": loop,
        "until": loop,
    }


_APPEND = re.compile(rb"(?<=[\w)\]}])<<(?=([\"'`])([^\"'`\n]{0,200})\1)")


def _plain_append(match: re.Match[bytes]) -> bytes:
    """``f<<"x"`` appends unless a line ``x`` ends a here-document: the grammar takes it for one, and what follows for its text."""
    ends = re.search(rb"(?m)^[ \t]*" + re.escape(match[2]) + rb"[ \t]*$", match.string[match.end() :])
    return match[0] if ends else b" +"


def parse(source: Source, nodes: int) -> ir.Program:
    """Parse with tree-sitter-ruby."""
    if b"<<" in source.data and len(source.data) <= _LONGEST:
        source.data = _APPEND.sub(_plain_append, source.data)
    return parse_with(Lowering, "tree_sitter_ruby", "language", source, nodes)


def _bodies(node: Node) -> dict[int, Node]:
    """Return the text of each here-document of a tree, by where it is used: both come in the same order."""
    while node.parent is not None:
        node = node.parent
    found: dict[str, list[Node]] = {"heredoc_beginning": [], "heredoc_body": []}
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.type in found:
            found[each.type].append(each)
        else:
            waiting.extend(reversed(each.children))
    uses, texts = found.values()
    return {use.start_byte: text for use, text in zip(uses, texts, strict=False)}
