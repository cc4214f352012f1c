"""PHP through tree-sitter: its syntax tree to ``ir``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.payload import ir
from flycatcher.core.payload.frontends.tree_sitter import TreeLowering, joined, number, parse_with, pieces

if TYPE_CHECKING:
    from tree_sitter import Node

    from flycatcher.core.payload.frontends.tree_sitter import Handler
    from flycatcher.core.payload.source import Source
_TEXT = frozenset({"string_content", "nowdoc_string"})


class Lowering(TreeLowering):
    """tree-sitter-php to ir."""

    def string(self, node: Node, start: int, end: int) -> ir.Node:
        """Quoted strings; single quotes keep their backslashes."""
        if node.type == "string":
            return ir.Const(start, end, self.text(node)[1:-1].replace("\\'", "'").replace("\\\\", "\\"))
        return joined(start, end, pieces(self, node, _TEXT))

    def shell(self, node: Node, start: int, end: int) -> ir.Node:
        """Backticks."""
        return ir.Command(start, end, pieces(self, node, _TEXT))

    def variable(self, node: Node, start: int, end: int) -> ir.Node:
        """``$a`` keeps its sigil."""
        return ir.Name(start, end, self.text(node))

    def dynamic(self, node: Node, start: int, end: int) -> ir.Node:
        """``$$a`` and ``${'a'}``: the variable that a text names."""
        return ir.Index(start, end, ir.Name(start, start, "$GLOBALS"), self.group(node, start, end))

    def name(self, node: Node, start: int, end: int) -> ir.Node:
        """A function, class or constant."""
        return ir.Name(start, end, self.text(node).removeprefix("\\"))

    def literal(self, node: Node, start: int, end: int) -> ir.Node:
        """Numbers, booleans, null."""
        text = self.text(node)
        known = {"true": True, "false": False, "null": None}
        return ir.Const(start, end, known[text.lower()] if text.lower() in known else number(text))

    def call(self, node: Node, start: int, end: int) -> ir.Node:
        """``f(a)``, ``new F(a)``."""
        func = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if func is None:
            named = node.named_children
            func = named[0] if named else None
            arguments = next((child for child in named if child.type == "arguments"), None)
        args = [] if arguments is None else self.all(arguments)
        return ir.Invoke(start, end, ir.Group(start, start) if func is None else self.lower(func), args)

    def method(self, node: Node, start: int, end: int) -> ir.Node:
        """``$a->b(c)``, ``A::b(c)``."""
        owner = node.child_by_field_name("object") or node.child_by_field_name("scope")
        name = node.child_by_field_name("name")
        arguments = node.child_by_field_name("arguments")
        obj = ir.Group(start, start) if owner is None else self.lower(owner)
        func: ir.Node = ir.Member(start, end, obj, self.text(name))
        if name is not None and name.type not in ("name", "identifier"):
            func = ir.Index(start, end, obj, self.lower(name))
        return ir.Invoke(start, end, func, [] if arguments is None else self.all(arguments))

    def property_(self, node: Node, start: int, end: int) -> ir.Node:
        """``$a->b``, ``A::$b``."""
        owner = node.child_by_field_name("object") or node.child_by_field_name("scope")
        obj = ir.Group(start, start) if owner is None else self.lower(owner)
        return ir.Member(start, end, obj, self.text(node.child_by_field_name("name")))

    def subscript(self, node: Node, start: int, end: int) -> ir.Node:
        """``$a[b]``."""
        parts = self.all(node)
        return ir.Index(start, end, parts[0], parts[1]) if len(parts) == 2 else ir.Group(start, end, parts)

    def binary(self, node: Node, start: int, end: int) -> ir.Node:
        """Operators."""
        return self.chain(node, start, end)

    def unary(self, node: Node, start: int, end: int) -> ir.Node:
        """``!a``, ``-a``, ``~a``."""
        op = self.operator(node)
        operand = self.field(node, "argument")
        return ir.Operate(start, end, op, [operand]) if op in ("!", "-", "~", "+") else ir.Group(start, end, [operand])

    def update(self, node: Node, start: int, end: int) -> ir.Node:
        """``$i++``."""
        return ir.Assign(start, end, self.field(node, "argument"), ir.Const(end, end, 1), self.operator(node)[:1])

    def assign(self, node: Node, start: int, end: int) -> ir.Node:
        """``$a = b``, ``$a .= b``."""
        op = self.operator(node).removesuffix("=") if node.type.startswith("augmented") else ""
        return ir.Assign(start, end, self.field(node, "left"), self.field(node, "right"), "" if op == "??" else op)

    def array(self, node: Node, start: int, end: int) -> ir.Node:
        """``[a, b]``, ``['a' => b]``, ``list($a, $b)``."""
        elements = [
            child.named_children if child.type == "array_element_initializer" else [child]
            for child in node.named_children
        ]
        if any(len(element) == 2 for element in elements):
            return ir.Pairs(start, end, [(self.lower(e[0]), self.lower(e[1])) for e in elements if len(e) == 2])
        return ir.Items(start, end, [self.lower(e[0]) for e in elements if e])

    def function(self, node: Node, start: int, end: int) -> ir.Node:
        """Functions and closures."""
        parameters = node.child_by_field_name("parameters")
        names = (
            [] if parameters is None else [self.text(p.child_by_field_name("name")) for p in parameters.named_children]
        )
        name = self.text(node.child_by_field_name("name")) if node.type == "function_definition" else ""
        return ir.Function(start, end, name, names, self.field(node, "body"))

    def returned(self, node: Node, start: int, end: int) -> ir.Node:
        """``return a``."""
        return ir.Return(start, end, self.group(node, start, end))

    def condition(self, node: Node, start: int, end: int) -> ir.Node:
        """``if``, ``a ? b : c``."""
        return ir.Choice(
            start, end, self.field(node, "condition"), self.field(node, "body"), self.maybe(node, "alternative")
        )

    def loop(self, node: Node, start: int, end: int) -> ir.Node:
        """``for``, ``while``, ``do``."""
        init, step = self.maybe(node, "initialize"), self.maybe(node, "update")
        return ir.Loop(start, end, self.field(node, "body"), init=init, test=self.maybe(node, "condition"), step=step)

    def each_of(self, node: Node, start: int, end: int) -> ir.Node:
        """``foreach ($a as $k => $v)``."""
        named = [child for child in node.named_children if child.type != "comment"]
        if len(named) < 3:
            return self.group(node, start, end)
        target = named[1].named_children[-1] if named[1].type == "pair" and named[1].named_children else named[1]
        return ir.Loop(start, end, self.field(node, "body"), self.lower(target), self.lower(named[0]))

    def statement(self, node: Node, start: int, end: int) -> ir.Node:
        """``echo``, ``print``, ``include``, ``exit``: calls by their keyword."""
        keyword = self.data[start : start + 16].split(None, 1)[0].split(b"(")[0].decode("latin-1").lower()
        return ir.Invoke(start, end, ir.Name(start, start, keyword), self.all(node))

    def constant(self, node: Node, start: int, end: int) -> ir.Node:
        """``const A = b``."""
        parts = self.all(node)
        return ir.Assign(start, end, parts[0], parts[1]) if len(parts) == 2 else ir.Group(start, end, parts)

    calls = (
        "function_call_expression",
        "object_creation_expression",
        "member_call_expression",
        "scoped_call_expression",
        "shell_command_expression",
    )
    handlers: ClassVar[dict[str, Handler]] = {
        "string": string,
        "encapsed_string": string,
        "heredoc_body": string,
        "nowdoc_body": string,
        "shell_command_expression": shell,
        "variable_name": variable,
        "dynamic_variable_name": dynamic,
        "name": name,
        "qualified_name": name,
        "const_element": constant,
        "integer": literal,
        "float": literal,
        "boolean": literal,
        "null": literal,
        "function_call_expression": call,
        "object_creation_expression": call,
        "member_call_expression": method,
        "nullsafe_member_call_expression": method,
        "scoped_call_expression": method,
        "member_access_expression": property_,
        "scoped_property_access_expression": property_,
        "class_constant_access_expression": property_,
        "subscript_expression": subscript,
        "binary_expression": binary,
        "unary_op_expression": unary,
        "update_expression": update,
        "assignment_expression": assign,
        "reference_assignment_expression": assign,
        "augmented_assignment_expression": assign,
        "array_creation_expression": array,
        "list_literal": array,
        "function_definition": function,
        "anonymous_function": function,
        "anonymous_function_creation_expression": function,
        "arrow_function": function,
        "return_statement": returned,
        "if_statement": condition,
        "else_if_clause": condition,
        "conditional_expression": condition,
        "for_statement": loop,
        "while_statement": loop,
        "do_statement": loop,
        "foreach_statement": each_of,
        "echo_statement": statement,
        "print_intrinsic": statement,
        "include_expression": statement,
        "include_once_expression": statement,
        "require_expression": statement,
        "require_once_expression": statement,
        "exit_statement": statement,
    }


def parse(source: Source, nodes: int) -> ir.Program:
    """Parse with tree-sitter-php: as pure code, with tags where it begins with one, both ways where neither can be told."""
    if source.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:2] == b"<?":
        return parse_with(Lowering, "tree_sitter_php", "language_php", source, nodes)
    program = parse_with(Lowering, "tree_sitter_php", "language_php_only", source, nodes)
    if not program.complete and source.whole and not source.data.rstrip().endswith((b";", b"}")):
        source.data += b";"  # what assert() and create_function() take is an expression
        program = parse_with(Lowering, "tree_sitter_php", "language_php_only", source, nodes)
    if program.complete or b"<?" not in source.data[:65_536]:
        return program
    tagged = parse_with(Lowering, "tree_sitter_php", "language_php", source, max(nodes - program.read, 100))
    body = ir.Group(0, len(source.data), [program.body, tagged.body])
    deferred = [*program.deferred, *tagged.deferred]
    return ir.Program(
        body, complete=tagged.complete, deferred=deferred, notes=tagged.notes, read=program.read + tagged.read
    )
