"""Python through tree-sitter: for text that Python 3 does not compile (Python 2, broken or cut text)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.payload import decode, ir
from flycatcher.core.payload.frontends.tree_sitter import TreeLowering, joined, number, parse_with

if TYPE_CHECKING:
    from tree_sitter import Node

    from flycatcher.core.payload.frontends.tree_sitter import Handler
    from flycatcher.core.payload.source import Source


class Lowering(TreeLowering):
    """tree-sitter-python to ir."""

    def string(self, node: Node, start: int, end: int) -> ir.Node:
        """Quoted strings, with prefixes."""
        opening = self.text(node.children[0]) if node.children else ""
        prefix = opening.rstrip("'\"").lower()
        parts: list[ir.Node] = []
        for child in node.named_children:
            if child.type == "string_content":
                text = self.text(child)
                value: object = text if "r" in prefix else decode.unescape_text(text)
                if "b" in prefix and isinstance(value, str):
                    value = decode.octets(value)
                parts.append(ir.Const(child.start_byte, child.end_byte, value))
            elif child.type == "interpolation":
                parts.append(self.group(child, child.start_byte, child.end_byte))
        if len(parts) == 1 and isinstance(parts[0], ir.Const):
            return ir.Const(start, end, parts[0].value)
        return joined(start, end, parts)

    def concatenated(self, node: Node, start: int, end: int) -> ir.Node:
        """``'a' 'b'``."""
        return ir.Template(start, end, self.all(node))

    def literal(self, node: Node, start: int, end: int) -> ir.Node:
        """Numbers, booleans, None."""
        text = self.text(node)
        known = {"True": True, "False": False, "None": None}
        return ir.Const(start, end, known[text] if text in known else number(text.rstrip("lL")))

    def name(self, node: Node, start: int, end: int) -> ir.Node:
        """A name."""
        return ir.Name(start, end, self.text(node))

    def attribute(self, node: Node, start: int, end: int) -> ir.Node:
        """``a.b``."""
        return ir.Member(start, end, self.field(node, "object"), self.text(node.child_by_field_name("attribute")))

    def subscript(self, node: Node, start: int, end: int) -> ir.Node:
        """``a[b]``."""
        obj, key = self.field(node, "value"), node.child_by_field_name("subscript")
        if key is not None and key.type == "slice":
            bounds: list[ir.Node | None] = [None, None, None]
            position = 0
            for child in key.children:
                if child.type == ":":
                    position += 1
                elif child.is_named and position < 3:
                    bounds[position] = self.lower(child)
            return ir.Index(start, end, obj, bounds[0], bounds[1], bounds[2], slice=True)
        return ir.Index(start, end, obj, ir.Group(start, end) if key is None else self.lower(key))

    def call(self, node: Node, start: int, end: int) -> ir.Node:
        """A call."""
        arguments = node.child_by_field_name("arguments")
        args: list[ir.Node] = []
        kwargs: list[tuple[str, ir.Node]] = []
        if arguments is not None and arguments.type != "argument_list":
            args = [self.lower(arguments)]
        for child in arguments.named_children if arguments is not None and not args else ():
            if child.type == "keyword_argument":
                kwargs.append((self.text(child.child_by_field_name("name")), self.field(child, "value")))
            elif child.type != "comment":
                args.append(self.lower(child))
        return ir.Invoke(start, end, self.field(node, "function"), args, kwargs)

    def binary(self, node: Node, start: int, end: int) -> ir.Node:
        """Operators."""
        return self.chain(node, start, end, "binary_operator")

    def unary(self, node: Node, start: int, end: int) -> ir.Node:
        """``-a``, ``not a``."""
        op = "not" if node.type == "not_operator" else self.operator(node)
        return ir.Operate(start, end, op, [self.field(node, "argument")])

    def array(self, node: Node, start: int, end: int) -> ir.Node:
        """Lists, tuples, patterns."""
        return ir.Items(start, end, self.all(node))

    def dictionary(self, node: Node, start: int, end: int) -> ir.Node:
        """``{a: b}``."""
        pairs = [child for child in node.named_children if child.type == "pair"]
        return ir.Pairs(start, end, [(self.field(child, "key"), self.field(child, "value")) for child in pairs])

    def assign(self, node: Node, start: int, end: int) -> ir.Node:
        """``a = b``, ``a += b``, ``(a := b)``."""
        op = self.operator(node).removesuffix("=").removesuffix(":")
        target = self.maybe(node, "left") or self.field(node, "name")
        value = self.maybe(node, "right") or self.maybe(node, "value")
        return ir.Group(start, end) if value is None else ir.Assign(start, end, target, value, op)

    def imported(self, node: Node, start: int, end: int) -> ir.Node:
        """``import a.b as c``, ``from a import b``."""
        module = self.text(node.child_by_field_name("module_name"))
        bindings: list[tuple[str, str]] = []
        for child in node.named_children:
            if child == node.child_by_field_name("module_name"):
                continue
            name = self.text(child.child_by_field_name("name") or child)
            alias = self.text(child.child_by_field_name("alias"))
            if child.type == "wildcard_import":
                bindings.append(("*", module))
            elif module:
                bindings.append((alias or name, f"{module}.{name}"))
            else:
                bindings.append((alias or name.split(".")[0], name if alias else name.split(".")[0]))
        return ir.Import(start, end, bindings)

    def function(self, node: Node, start: int, end: int) -> ir.Node:
        """``def`` and ``lambda``."""
        parameters = node.child_by_field_name("parameters")
        names = (
            []
            if parameters is None
            else [self.text(p.child_by_field_name("name") or p) for p in parameters.named_children]
        )
        return ir.Function(start, end, self.text(node.child_by_field_name("name")), names, self.field(node, "body"))

    def returned(self, node: Node, start: int, end: int) -> ir.Node:
        """``return a``."""
        return ir.Return(start, end, self.group(node, start, end))

    def condition(self, node: Node, start: int, end: int) -> ir.Node:
        """``if``."""
        return ir.Choice(
            start, end, self.field(node, "condition"), self.field(node, "consequence"), self.maybe(node, "alternative")
        )

    def conditional(self, node: Node, start: int, end: int) -> ir.Node:
        """``a if b else c``."""
        parts = self.all(node)
        return ir.Choice(start, end, parts[1], parts[0], parts[2]) if len(parts) == 3 else ir.Group(start, end, parts)

    def loop(self, node: Node, start: int, end: int) -> ir.Node:
        """``while``, ``for``."""
        if node.type == "for_statement":
            return ir.Loop(start, end, self.field(node, "body"), self.field(node, "left"), self.field(node, "right"))
        return ir.Loop(start, end, self.field(node, "body"), test=self.maybe(node, "condition"))

    def comprehension(self, node: Node, start: int, end: int) -> ir.Node:
        """``a for b in c``."""
        element = self.field(node, "body")
        conditions = [self.lower(c) for c in node.named_children if c.type == "if_clause"]
        for clause in reversed([c for c in node.named_children if c.type == "for_in_clause"]):
            element = ir.Comprehend(
                start, end, element, self.field(clause, "left"), self.field(clause, "right"), conditions
            )
            conditions = []
        return element

    def printed(self, node: Node, start: int, end: int) -> ir.Node:
        """Python 2's ``print a`` and ``exec a``."""
        word = "exec" if node.type == "exec_statement" else "print"
        return ir.Invoke(start, end, ir.Name(start, start, word), self.all(node))

    calls = ("call",)
    handlers: ClassVar[dict[str, Handler]] = {
        "string": string,
        "concatenated_string": concatenated,
        "integer": literal,
        "float": literal,
        "true": literal,
        "false": literal,
        "none": literal,
        "identifier": name,
        "attribute": attribute,
        "subscript": subscript,
        "call": call,
        "binary_operator": binary,
        "unary_operator": unary,
        "not_operator": unary,
        "list": array,
        "tuple": array,
        "set": array,
        "expression_list": array,
        "pattern_list": array,
        "tuple_pattern": array,
        "list_pattern": array,
        "dictionary": dictionary,
        "assignment": assign,
        "augmented_assignment": assign,
        "named_expression": assign,
        "import_statement": imported,
        "import_from_statement": imported,
        "function_definition": function,
        "lambda": function,
        "return_statement": returned,
        "if_statement": condition,
        "conditional_expression": conditional,
        "while_statement": loop,
        "for_statement": loop,
        "list_comprehension": comprehension,
        "generator_expression": comprehension,
        "set_comprehension": comprehension,
        "print_statement": printed,
        "exec_statement": printed,
    }


def parse(source: Source, nodes: int) -> ir.Program:
    """Parse with tree-sitter-python; Python 2's ``print a`` is no error for it."""
    return parse_with(Lowering, "tree_sitter_python", "language", source, nodes)
