"""Lua through tree-sitter: its syntax tree to ``ir``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.payload import decode, ir
from flycatcher.core.payload.frontends.tree_sitter import TreeLowering, number, parse_with

if TYPE_CHECKING:
    from tree_sitter import Node

    from flycatcher.core.payload.frontends.tree_sitter import Handler
    from flycatcher.core.payload.source import Source


class Lowering(TreeLowering):
    """tree-sitter-lua to ir."""

    def string(self, node: Node, start: int, end: int) -> ir.Node:
        """Quoted and long strings; Lua's decimal escapes are its own."""
        text = self.text(node)
        if text.startswith("["):
            inner = self.text(node.child_by_field_name("content"))
            return ir.Const(start, end, inner.removeprefix("\n"))
        return ir.Const(start, end, _unescape(text[1:-1]))

    def literal(self, node: Node, start: int, end: int) -> ir.Node:
        """Numbers, booleans, nil."""
        text = self.text(node)
        known = {"true": True, "false": False, "nil": None}
        return ir.Const(
            start,
            end,
            known[text] if text in known else number(text.lstrip("0") or "0") if text.isdecimal() else number(text),
        )

    def identifier(self, node: Node, start: int, end: int) -> ir.Node:
        """A name."""
        return ir.Name(start, end, self.text(node))

    def dot(self, node: Node, start: int, end: int) -> ir.Node:
        """``a.b`` and ``a:b``."""
        name = node.child_by_field_name("field") or node.child_by_field_name("method")
        return ir.Member(start, end, self.field(node, "table"), self.text(name))

    def bracket(self, node: Node, start: int, end: int) -> ir.Node:
        """``a[b]``."""
        return ir.Index(start, end, self.field(node, "table"), self.field(node, "field"))

    def call(self, node: Node, start: int, end: int) -> ir.Node:
        """A call."""
        arguments = node.child_by_field_name("arguments")
        return ir.Invoke(start, end, self.field(node, "name"), [] if arguments is None else self.all(arguments))

    def binary(self, node: Node, start: int, end: int) -> ir.Node:
        """Operators."""
        return self.chain(node, start, end)

    def unary(self, node: Node, start: int, end: int) -> ir.Node:
        """``not a``, ``-a``, ``#a``."""
        op = self.operator(node)
        operand = self.field(node, "operand")
        return ir.Operate(start, end, op, [operand]) if op in ("not", "-", "~") else ir.Group(start, end, [operand])

    def assign(self, node: Node, start: int, end: int) -> ir.Node:
        """``a, b = c, d``."""
        targets, values = (child for child in (*node.named_children[:2], *[node] * 2)[:2])
        left, right = self.all(targets), self.all(values) if values is not node else []
        pairs = [ir.Assign(start, end, target, value) for target, value in zip(left, right, strict=False)]
        if len(left) > len(right) == 1:
            return ir.Assign(start, end, ir.Items(start, end, left), right[0])
        return pairs[0] if len(pairs) == 1 else ir.Group(start, end, pairs)

    def function(self, node: Node, start: int, end: int) -> ir.Node:
        """Functions."""
        parameters = node.child_by_field_name("parameters")
        names = [] if parameters is None else [self.text(p) for p in parameters.named_children]
        return ir.Function(start, end, self.text(node.child_by_field_name("name")), names, self.field(node, "body"))

    def returned(self, node: Node, start: int, end: int) -> ir.Node:
        """``return a``."""
        return ir.Return(start, end, self.group(node, start, end))

    def condition(self, node: Node, start: int, end: int) -> ir.Node:
        """``if``."""
        return ir.Choice(
            start, end, self.field(node, "condition"), self.field(node, "consequence"), self.maybe(node, "alternative")
        )

    def loop(self, node: Node, start: int, end: int) -> ir.Node:
        """``while``, ``repeat``, ``for``."""
        clause = node.child_by_field_name("clause")
        if clause is None:
            return ir.Loop(start, end, self.field(node, "body"), test=self.maybe(node, "condition"))
        if clause.type == "for_numeric_clause":
            bounds = [clause.child_by_field_name(name) for name in ("start", "end", "step")]
            source = ir.Invoke(
                start, start, ir.Name(start, start, "for-range"), [self.lower(b) for b in bounds if b is not None]
            )
            return ir.Loop(start, end, self.field(node, "body"), self.field(clause, "name"), source)
        names, values = clause.named_children[0], clause.named_children[-1]
        return ir.Loop(
            start, end, self.field(node, "body"), ir.Items(start, start, self.all(names)), self.lower(values)
        )

    def table(self, node: Node, start: int, end: int) -> ir.Node:
        """``{a, b}`` or ``{a = b}``."""
        fields = [child for child in node.named_children if child.type == "field"]
        if not any(child.child_by_field_name("name") for child in fields):
            return ir.Items(start, end, [self.field(child, "value") for child in fields])
        pairs: list[tuple[ir.Node, ir.Node]] = []
        for position, child in enumerate(fields, 1):
            key = child.child_by_field_name("name")
            value = self.field(child, "value")
            if key is None:
                pairs.append((ir.Const(start, start, position), value))
            elif key.type == "identifier":
                pairs.append((ir.Const(start, start, self.text(key)), value))
            else:
                pairs.append((self.lower(key), value))
        return ir.Pairs(start, end, pairs)

    calls = ("function_call",)
    handlers: ClassVar[dict[str, Handler]] = {
        "string": string,
        "number": literal,
        "true": literal,
        "false": literal,
        "nil": literal,
        "identifier": identifier,
        "dot_index_expression": dot,
        "method_index_expression": dot,
        "bracket_index_expression": bracket,
        "function_call": call,
        "binary_expression": binary,
        "unary_expression": unary,
        "assignment_statement": assign,
        "function_declaration": function,
        "function_definition": function,
        "return_statement": returned,
        "if_statement": condition,
        "while_statement": loop,
        "repeat_statement": loop,
        "for_statement": loop,
        "table_constructor": table,
    }


def _unescape(text: str) -> str:
    r"""Backslash escapes: ``\65`` is decimal in Lua, ``\z`` skips blanks."""
    if "\\" not in text:
        return text
    out, at = [], 0
    while at < len(text):
        if text[at] != "\\" or at + 1 >= len(text):
            out.append(text[at])
            at += 1
            continue
        digits = 0
        while digits < 3 and text[at + 1 + digits : at + 2 + digits].isdecimal():
            digits += 1
        if digits:
            out.append(chr(int(text[at + 1 : at + 1 + digits]) & 0xFF))
            at += 1 + digits
        elif text[at + 1] == "z":
            at += 2
            while at < len(text) and text[at].isspace():
                at += 1
        elif text[at + 1] in "xu":
            stop = text.find("}", at) + 1 if text[at + 1] == "u" else at + 4
            out.append(decode.unescape_text(text[at : max(stop, at + 2)]))
            at = max(stop, at + 2)
        else:
            out.append(decode.unescape_text(text[at : at + 2]))
            at += 2
    return "".join(out)


def parse(source: Source, nodes: int) -> ir.Program:
    """Parse with tree-sitter-lua."""
    return parse_with(Lowering, "tree_sitter_lua", "language", source, nodes)
