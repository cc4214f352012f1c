"""JavaScript through tree-sitter: its syntax tree to ``ir``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.payload import decode, ir
from flycatcher.core.payload.frontends.tree_sitter import TreeLowering, joined, number, parse_with, pieces

if TYPE_CHECKING:
    from tree_sitter import Node

    from flycatcher.core.payload.frontends.tree_sitter import Handler
    from flycatcher.core.payload.source import Source
_LETTERS = re.compile(r"[\w ]+")
_THROWN = "%thrown"
"""The name of what was thrown last."""
_TEXT = frozenset({"string_fragment"})


_SHELL_TAG = re.compile(r"(?:^|\.)\$(?:\.sync|\([^()]*\))?\Z")
"""Of zx and Bun (their references): each value between the texts is quoted, and is one word whatever it holds."""


def _word(part: ir.Node) -> ir.Node:
    """Return a value as a word of shell text."""
    return ir.Invoke(part.start, part.end, ir.Name(part.start, part.start, "shell-word"), [part])


class Lowering(TreeLowering):
    """tree-sitter-javascript to ir."""

    def string(self, node: Node, start: int, end: int) -> ir.Node:
        """Quoted strings and templates."""
        return joined(start, end, pieces(self, node, _TEXT))

    def identifier(self, node: Node, start: int, end: int) -> ir.Node:
        r"""A name; ``ev\u0061l`` is one too."""
        return ir.Name(start, end, self.spelled(node))

    def spelled(self, node: Node | None) -> str:
        """Return a name as it is meant."""
        name = self.text(node)
        return decode.unescape_text(name) if "\\" in name else name

    def literal(self, node: Node, start: int, end: int) -> ir.Node:
        """Numbers, booleans, null, undefined."""
        text = self.text(node)
        known = {"true": True, "false": False, "null": None, "undefined": None}
        return ir.Const(start, end, known[text] if text in known else number(text))

    def regex(self, node: Node, start: int, end: int) -> ir.Node:
        """A regular expression: one that is nothing but letters is the text that it matches."""
        text = self.text(node.child_by_field_name("pattern"))
        return ir.Const(start, end, text) if _LETTERS.fullmatch(text) else ir.Group(start, end)

    def member(self, node: Node, start: int, end: int) -> ir.Node:
        """``a.b``."""
        return ir.Member(start, end, self.field(node, "object"), self.spelled(node.child_by_field_name("property")))

    def subscript(self, node: Node, start: int, end: int) -> ir.Node:
        """``a[b]``."""
        return ir.Index(start, end, self.field(node, "object"), self.field(node, "index"))

    def call(self, node: Node, start: int, end: int) -> ir.Node:
        """Calls, ``new``, and tagged templates."""
        func = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        target: ir.Node | None = ir.Name(start, start, "import") if func is not None and func.type == "import" else None
        arguments = node.child_by_field_name("arguments")
        args: list[ir.Node] = []
        if arguments is not None:
            args = self.all(arguments) if arguments.type == "arguments" else self.tagged(arguments, self.text(func))
        if target is None:
            target = ir.Group(start, start) if func is None else self.callee(func)
        key = target.key if isinstance(target, ir.Index) else None
        if isinstance(target, ir.Index) and isinstance(key, ir.Const) and isinstance(key.value, str):
            target = ir.Member(target.start, target.end, target.obj, key.value)  # a["b"](...) calls a method
        call = ir.Invoke(start, end, target, args)
        if not args or func is None or func.type != "import" or b"data:" not in self.data[start:end]:
            return call
        code = ir.Invoke(start, end, ir.Name(start, start, "data-url-code"), args[:1])
        return ir.Group(start, end, [ir.Invoke(start, end, ir.Name(start, start, "eval"), [code]), call])

    def tagged(self, template: Node, tag: str = "") -> list[ir.Node]:
        """Return what a tag gets: its texts in a list, then the values between them; those of a shell's tag are words of its text."""
        if _SHELL_TAG.search(tag):
            holes = [each for each in template.children if each.type == "template_substitution"]
            put = [range(each.start_byte, each.end_byte) for each in holes]
            words = [
                _word(part) if any(part.start in span for span in put) else part
                for part in pieces(self, template, _TEXT)
            ]
            return [joined(template.start_byte, template.end_byte, words)]
        whole = self.lower(template)
        parts = whole.parts if isinstance(whole, ir.Template) else [whole]
        texts = [part for part in parts if isinstance(part, ir.Const)]
        values = [part for part in parts if not isinstance(part, ir.Const)]
        return [ir.Items(whole.start, whole.end, texts), *values] if not values else [whole, *values]

    def callee(self, node: Node) -> ir.Node:
        """Lower what is called; ``(0, f)`` is f."""
        while node.type in ("parenthesized_expression", "sequence_expression") and node.named_children:
            node = node.named_children[-1]
        return self.lower(node)

    def binary(self, node: Node, start: int, end: int) -> ir.Node:
        """Operators."""
        return self.chain(node, start, end)

    def unary(self, node: Node, start: int, end: int) -> ir.Node:
        """``!a``, ``-a``; ``typeof``, ``void`` and ``delete`` are only read."""
        op = self.operator(node)
        operand = self.field(node, "argument")
        return ir.Operate(start, end, op, [operand]) if op in ("!", "-", "+", "~") else ir.Group(start, end, [operand])

    def update(self, node: Node, start: int, end: int) -> ir.Node:
        """``i++``."""
        return ir.Assign(start, end, self.field(node, "argument"), ir.Const(end, end, 1), self.operator(node)[:1])

    def assign(self, node: Node, start: int, end: int) -> ir.Node:
        """``a = b``, ``a += b``."""
        op = self.operator(node).removesuffix("=") if node.type.startswith("augmented") else ""
        return ir.Assign(start, end, self.field(node, "left"), self.field(node, "right"), op)

    def declare(self, node: Node, start: int, end: int) -> ir.Node:
        """``const a = b``."""
        if node.child_by_field_name("value") is None:
            return ir.Group(start, end)
        return ir.Assign(start, end, self.field(node, "name"), self.field(node, "value"))

    def defaulted(self, node: Node, start: int, end: int) -> ir.Node:
        """``a = b`` as a part of a pattern."""
        left = node.child_by_field_name("left")
        name = ir.Name(start, start, self.text(left))
        shorthand = left is not None and left.type.startswith("shorthand")
        return ir.Assign(start, end, name if shorthand else self.field(node, "left"), self.field(node, "right"))

    def pattern(self, node: Node, start: int, end: int) -> ir.Node:
        """``{a, b: c, d = e}`` on the left."""
        items: list[tuple[ir.Node, ir.Node]] = []
        for child in node.named_children:
            name = self.text(child)
            if child.type == "pair_pattern":
                items.append((self.key(child), self.field(child, "value")))
            elif child.type.startswith("shorthand"):
                items.append((ir.Const(start, start, name), ir.Name(child.start_byte, child.end_byte, name)))
            elif child.type == "object_assignment_pattern":
                name = self.text(child.child_by_field_name("left"))
                items.append((ir.Const(start, start, name), self.lower(child)))
        return ir.Pairs(start, end, items)

    def key(self, node: Node) -> ir.Node:
        """The key of ``{a: b}``, ``{"a": b}`` and ``{[a]: b}``."""
        key = node.child_by_field_name("key")
        if key is None or key.type != "property_identifier":
            return self.field(node, "key")
        return ir.Const(key.start_byte, key.start_byte, self.spelled(key))

    def spread(self, node: Node, start: int, end: int) -> ir.Node:
        """``...a``."""
        return ir.Operate(start, end, "...", [self.group(node, start, end)])

    def thrown(self, node: Node, start: int, end: int) -> ir.Node:
        """``throw a``: whoever catches has it."""
        return ir.Assign(start, end, ir.Name(start, start, _THROWN), self.group(node, start, end))

    def caught(self, node: Node, start: int, end: int) -> ir.Node:
        """``catch (a) { }``."""
        parameter = node.child_by_field_name("parameter")
        body = self.field(node, "body")
        if parameter is None:
            return body
        taken = ir.Assign(start, start, self.lower(parameter), ir.Name(start, start, _THROWN))
        return ir.Group(start, end, [taken, body])

    def bound(self, node: Node, start: int, end: int) -> ir.Node:
        """``with (a) b``: an object's own entries are names."""
        obj = node.child_by_field_name("object")
        inner = obj.named_children[0] if obj is not None and obj.named_children else obj
        parts: list[ir.Node] = []
        if inner is not None and inner.type == "object":
            table = self.object_(inner, inner.start_byte, inner.end_byte)
            entries = table.items if isinstance(table, ir.Pairs) else ()
            parts = [
                ir.Assign(start, start, ir.Name(start, start, str(key.value)), value)
                for key, value in entries
                if isinstance(key, ir.Const)
            ]
        elif inner is not None:
            parts = [self.lower(inner)]
        return ir.Group(start, end, [*parts, self.field(node, "body")])

    def array(self, node: Node, start: int, end: int) -> ir.Node:
        """``[a, b]``."""
        return ir.Items(start, end, self.all(node))

    def object_(self, node: Node, start: int, end: int) -> ir.Node:
        """``{a: b}``."""
        items: list[tuple[ir.Node, ir.Node]] = []
        for child in node.named_children:
            name = self.spelled(child.child_by_field_name("key") or child.child_by_field_name("name"))
            if child.type == "pair":
                items.append((self.key(child), self.field(child, "value")))
            elif child.type == "shorthand_property_identifier":
                items.append((ir.Const(start, start, self.text(child)), ir.Name(start, end, self.text(child))))
            elif child.type == "spread_element":
                items.append((ir.Group(start, start), self.lower(child)))
            elif child.type != "comment":
                items.append((ir.Const(start, start, name), self.lower(child)))
        return ir.Pairs(start, end, items)

    def function(self, node: Node, start: int, end: int) -> ir.Node:
        """Functions, arrows and methods."""
        single = node.child_by_field_name("parameter")
        parameters = node.child_by_field_name("parameters")
        given = [single] if single is not None else []
        if parameters is not None:
            given = [p for p in parameters.named_children if p.type != "comment"]
        defaults = [(n, p.child_by_field_name("right")) for n, p in enumerate(given)]
        given = [p.child_by_field_name("left") or p for p in given]
        name = self.text(node.child_by_field_name("name")) if node.type.endswith("declaration") else ""
        body = self.field(node, "body")
        taken = [self._taken(number, p) for number, p in enumerate(given) if p.type.endswith("_pattern")]
        names = [f"%{n}" if p.type.endswith("_pattern") else self.text(p) for n, p in enumerate(given)]
        values = [(names[number], self.lower(value)) for number, value in defaults if value is not None]
        computed = node.child_by_field_name("name")
        inner = ir.Group(start, end, [*taken, body]) if taken else body
        made = ir.Function(start, end, name, names, inner, values)
        if computed is None or computed.type != "computed_property_name":
            return made
        return ir.Group(start, end, [self.lower(computed), made])

    def _taken(self, number: int, pattern: Node) -> ir.Node:
        """``({a, b}) =>``: the parameter is taken apart before the body."""
        start = pattern.start_byte
        return ir.Assign(start, start, self.lower(pattern), ir.Name(start, start, f"%{number}"))

    def returned(self, node: Node, start: int, end: int) -> ir.Node:
        """``return a``."""
        return ir.Return(start, end, self.group(node, start, end))

    def ternary(self, node: Node, start: int, end: int) -> ir.Node:
        """``a ? b : c`` and ``if``."""
        return ir.Choice(
            start, end, self.field(node, "condition"), self.field(node, "consequence"), self.maybe(node, "alternative")
        )

    def loop(self, node: Node, start: int, end: int) -> ir.Node:
        """``for (;;)``, ``while``, ``do``."""
        init, step = self.maybe(node, "initializer"), self.maybe(node, "increment")
        return ir.Loop(start, end, self.field(node, "body"), init=init, test=self.maybe(node, "condition"), step=step)

    def each_of(self, node: Node, start: int, end: int) -> ir.Node:
        """``for (a of b)``."""
        return ir.Loop(start, end, self.field(node, "body"), self.field(node, "left"), self.field(node, "right"))

    def imported(self, node: Node, start: int, end: int) -> ir.Node:
        """``import a, {b as c} from 'd'``."""
        module = self.text(node.child_by_field_name("source")).strip("'\"").removeprefix("node:")
        bindings: list[tuple[str, str]] = []
        stack = [child for child in node.named_children if child.type == "import_clause"]
        while stack:
            part = stack.pop()
            if part.type == "import_specifier":
                name = self.text(part.child_by_field_name("name"))
                bindings.append((self.text(part.child_by_field_name("alias")) or name, f"{module}.{name}"))
            elif part.type == "identifier":
                bindings.append((self.text(part), module))
            else:
                stack.extend(part.named_children[:256])
        return ir.Import(start, end, bindings or [("", module)])

    handlers: ClassVar[dict[str, Handler]] = {
        "string": string,
        "template_string": string,
        "identifier": identifier,
        "shorthand_property_identifier": identifier,
        "property_identifier": identifier,
        "number": literal,
        "true": literal,
        "false": literal,
        "null": literal,
        "undefined": literal,
        "regex": regex,
        "member_expression": member,
        "subscript_expression": subscript,
        "call_expression": call,
        "new_expression": call,
        "binary_expression": binary,
        "unary_expression": unary,
        "update_expression": update,
        "assignment_expression": assign,
        "augmented_assignment_expression": assign,
        "variable_declarator": declare,
        "object_pattern": pattern,
        "array": array,
        "array_pattern": array,
        "assignment_pattern": defaulted,
        "object_assignment_pattern": defaulted,
        "spread_element": spread,
        "throw_statement": thrown,
        "catch_clause": caught,
        "with_statement": bound,
        "object": object_,
        "arrow_function": function,
        "function_expression": function,
        "function_declaration": function,
        "generator_function_declaration": function,
        "method_definition": function,
        "return_statement": returned,
        "ternary_expression": ternary,
        "if_statement": ternary,
        "for_statement": loop,
        "while_statement": loop,
        "do_statement": loop,
        "for_in_statement": each_of,
        "import_statement": imported,
    }


def parse(source: Source, nodes: int) -> ir.Program:
    """Parse with tree-sitter-javascript."""
    return parse_with(Lowering, "tree_sitter_javascript", "language", source, nodes)
