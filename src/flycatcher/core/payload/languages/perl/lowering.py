"""Perl through tree-sitter: its syntax tree to ``ir``."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.payload import ir
from flycatcher.core.payload.frontends.tree_sitter import number, parse_with
from flycatcher.core.payload.languages.perl.lists import ListLowering
from flycatcher.core.payload.languages.perl.patterns import PatternLowering
from flycatcher.core.payload.languages.perl.strings import StringLowering

if TYPE_CHECKING:
    from tree_sitter import Node

    from flycatcher.core.payload.frontends.tree_sitter import Handler
    from flycatcher.core.payload.source import Source

_OF_TOPIC = frozenset(["chr", "ord", "lc", "uc", "lcfirst", "ucfirst", "length", "hex", "oct", "quotemeta"])
"""Functions that take ``$_`` where nothing is given (perlfunc)."""
_SUBS = re.compile(r"\bsub\s+(\w+)\b(?:\s*\(\s*\)|(?!\s*\())")
_SLOT = re.compile(
    r"""(?P<sigil>[$@%])\{\s*(?:(?P<quote>["'])|\*)?(?:main::|::)?(?P<name>[A-Za-z_]\w*)(?:(?P=quote)|\{[A-Z]+\})?\s*\}"""
)
"""A variable by its name in a text, or through its entry in the symbol table (perlref)."""
_IMPORTS = frozenset({"POSIX", "IPC::Cmd", "IPC::Run"})
"""Modules whose functions are known by their full names."""
_HANDLERS = re.compile(r"(?:local\s+)?[$@%]SIG\b")


def _functions(value: ir.Node) -> list[ir.Function]:
    """Return the functions in what is assigned: one, or those of a list."""
    if isinstance(value, ir.Function):
        return [value]
    items: list[ir.Node] = []
    if isinstance(value, (ir.Items, ir.Group, ir.Operate)):
        items = list(value.items)
    elif isinstance(value, ir.Pairs):
        items = [item for pair in value.items for item in pair]
    return [found for item in items for found in _functions(item)]


class Lowering(ListLowering):
    """tree-sitter-perl to ir. Variables keep their sigil: ``$a``, ``@a``, ``%a``."""

    skipped: ClassVar[frozenset[str]] = frozenset({"comment", "pod"})

    def __init__(self, source: Source, nodes: int) -> None:
        """Know no constants yet."""
        super().__init__(source, nodes)
        self.named: set[str] = set()
        """Words that ``use constant`` gave a value."""
        self.own = frozenset(_SUBS.findall(source.head))
        """The program's own functions, which a bare word calls."""

    def literal(self, node: Node, start: int, end: int) -> ir.Node:
        """Numbers and version strings."""
        return ir.Const(start, end, number(self.text(node).rstrip(".")))

    def bareword(self, node: Node, start: int, end: int) -> ir.Node:
        """A word without quotes is text; where it is called on, it is a package."""
        text = self.text(node)
        if node.type == "bareword" and text in self.own:
            return ir.Invoke(start, end, ir.Name(start, end, text), [])
        return ir.Name(start, end, text) if text in self.named else ir.Const(start, end, text)

    def variable(self, node: Node, start: int, end: int) -> ir.Node:
        r"""``$a``, ``@a``, ``%a``; ``@{[ ... ]}`` and ``${\\ ...}`` are what stands in them."""
        if node.named_children and node.named_children[0].named_children:
            if (slot := _SLOT.fullmatch(self.text(node))) is not None:  # ${"a"}, ${*a{SCALAR}}
                return ir.Name(start, end, slot["sigil"] + slot["name"])
            return self.group(node, start, end)
        return ir.Name(start, end, self.text(node).replace("{", "").replace("}", ""))

    def container(self, node: Node, start: int, end: int) -> ir.Node:
        """``$a{b}``: the hash; ``$a[b]``: the array."""
        del node
        return ir.Name(start, end, "")

    def element(self, node: Node, start: int, end: int) -> ir.Node:
        """``$a{b}``, ``$a[b]``, ``$a->{b}``."""
        owner = node.child_by_field_name("hash") or node.child_by_field_name("array")
        key = node.child_by_field_name("key") or node.child_by_field_name("index")
        if owner is not None and owner.type == "container_variable":
            sigil = "%" if node.type.startswith("hash") else "@"
            obj: ir.Node = ir.Name(owner.start_byte, owner.end_byte, sigil + self.text(owner).lstrip("$@%").strip("{}"))
        else:
            first = node.named_children[0]
            obj = self.lower(first)
        return ir.Index(start, end, obj, ir.Group(start, start) if key is None else self.lower(key))

    def call(self, node: Node, start: int, end: int) -> ir.Node:
        """``f(a)``, ``f a``, ``new F(a)``, ``&{"f"}(a)``, ``exec {a} b``."""
        func = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        args = [] if arguments is None else self.arguments(arguments)
        if func is not None and not args and self.text(func) in ("exec", "system"):
            args = [ir.Name(start, start, "$_")]
        if func is not None and self.text(func) == "open" and len(args) == 1 and isinstance(args[0], ir.Const):
            args = [*args, ir.Name(start, start, f"${args[0].value}")]
        before = [self.lower(child) for child in node.named_children if child.type == "indirect_object"]
        if func is None:
            return ir.Group(start, end, [*before, *args])
        name = self.text(func)
        if any(child.type == "code_deref_expression" for child in func.named_children) or name.startswith(("&$", "&{")):
            target = self.group(func, func.start_byte, func.end_byte)
        else:
            name = name.lstrip("&").removeprefix("CORE::").removeprefix("GLOBAL::")
            if name == "readpipe":
                return ir.Command(start, end, args or [ir.Name(start, start, "$_")])
            target = ir.Name(func.start_byte, func.end_byte, name)
            if "::" in name and name.rpartition("::")[2][:1].isupper():  # new Class(...): the class with its arguments
                target = ir.Member(start, func.end_byte, target, "new")
        if (
            name in ("push", "unshift")
            and isinstance(first := args[0] if args else None, ir.Name)
            and first.id == "@ARGV"
        ):
            return ir.Group(start, end, [ir.Invoke(start, end, target, args), *self.opened(args[1:])])
        if name in ("exec", "system") and before:
            args = [*before, *args[1:]] if args else before
        return ir.Invoke(start, end, target, args if name in ("exec", "system") else [*args, *before])

    def builtin(self, node: Node, start: int, end: int) -> ir.Node:
        """``lc "A"``, ``fork``: the name is a keyword."""
        name = self.text(node.child_by_field_name("function"))
        args = [self.lower(child) for child in node.named_children if child.type not in self.skipped]
        if name == "readpipe":
            return ir.Command(start, end, args or [ir.Name(start, start, "$_")])
        if name in ("shift", "pop") and not args:
            args = [ir.Name(start, start, "@_")]
        elif name in _OF_TOPIC and not args:
            args = [ir.Name(start, start, "$_")]
        elif name in ("chop", "chomp") and args and isinstance(args[0], (ir.Name, ir.Assign)):
            target = args[0].target if isinstance(args[0], ir.Assign) else args[0]
            cut = ir.Assign(start, end, target, ir.Invoke(start, end, ir.Name(start, start, name), [target]))
            return ir.Group(start, end, [args[0], cut])
        return ir.Invoke(start, end, ir.Name(start, start, name), args)

    def method(self, node: Node, start: int, end: int) -> ir.Node:
        """``A->b(c)``."""
        owner = node.child_by_field_name("invocant")
        name = self.text(node.child_by_field_name("method"))
        arguments = node.child_by_field_name("arguments")
        obj: ir.Node = ir.Group(start, start)
        if owner is not None:
            plain = owner.type in ("bareword", "package")
            obj = ir.Name(owner.start_byte, owner.end_byte, self.text(owner)) if plain else self.lower(owner)
        return ir.Invoke(
            start, end, ir.Member(start, end, obj, name), [] if arguments is None else self.arguments(arguments)
        )

    def through(self, node: Node, start: int, end: int) -> ir.Node:
        """``$f->(a)``."""
        arguments = node.child_by_field_name("arguments")
        args = [] if arguments is None else self.arguments(arguments)
        return ir.Invoke(start, end, self.lower(node.named_children[0]), args)

    def evaluated(self, node: Node, start: int, end: int) -> ir.Node:
        """``eval "text"`` runs text, ``eval { }`` is a block."""
        parts = self.all(node)
        first = node.named_children[0].type if node.named_children else ""
        if first == "block":
            return ir.Group(start, end, parts)
        if first == "filename":
            return ir.Invoke(start, end, ir.Name(start, start, "do"), parts)
        return ir.Invoke(start, end, ir.Name(start, start, "eval"), parts or [ir.Name(start, end, "$_")])

    def binary(self, node: Node, start: int, end: int) -> ir.Node:
        """Operators; ``=~`` is only read."""
        op = self.operator(node)
        if op in ("=~", "!~"):
            return self.bound(node, start, end)
        op = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}.get(op, op)
        if node.type == "binary_expression" and op not in ("==", "!="):
            return self.chain(node, start, end)
        return ir.Operate(start, end, op, [self.field(node, "left"), self.field(node, "right")])

    def unary(self, node: Node, start: int, end: int) -> ir.Node:
        """``-1``, ``!a``; ``-word`` is text with a dash."""
        op, operand = self.data[start : start + 1].decode("latin-1"), self.group(node, start, end)
        if op == "-" and isinstance(operand, ir.Const) and isinstance(operand.value, str):
            return ir.Const(start, end, f"-{operand.value}")
        return ir.Operate(start, end, op, [operand]) if op in ("-", "!") else operand

    def assign(self, node: Node, start: int, end: int) -> ir.Node:
        """``$a = b``, ``$a .= b``."""
        op = self.operator(node).removesuffix("=")
        target = self.field(node, "left")
        value = self.field(node, "right")
        if isinstance(target, ir.Name) and target.id.startswith("%") and isinstance(value, ir.Items):
            value = ir.Pairs(start, end, list(zip(value.items[::2], value.items[1::2], strict=False)))
        assigned = ir.Assign(start, end, target, value, "" if op in ("||", "//", "&&") else op)
        if isinstance(target, ir.Name) and target.id == "@ARGV":  # what <> opens
            values = value.items if isinstance(value, ir.Items) else [value]
            return ir.Group(start, end, [assigned, *self.opened(values)])
        if _HANDLERS.match(self.text(node.child_by_field_name("left"))):  # a signal, or a message, is on its way
            return ir.Group(start, end, [assigned, *(ir.Invoke(start, end, f, []) for f in _functions(value))])
        return assigned

    def array(self, node: Node, start: int, end: int) -> ir.Node:
        """``(a, b)``, ``[a, b]``, ``my ($a, $b)``."""
        parts = self.all(node)
        if len(parts) == 1 and isinstance(parts[0], ir.Items):
            return parts[0]
        if node.type == "parenthesized_expression" and len(parts) == 1:
            return parts[0]
        return ir.Items(start, end, parts)

    def declaration(self, node: Node, start: int, end: int) -> ir.Node:
        """``my $a``, ``my ($a, $b)``."""
        parts = self.all(node)
        return parts[0] if len(parts) == 1 and b"(" not in self.data[start:end] else ir.Items(start, end, parts)

    def hash_(self, node: Node, start: int, end: int) -> ir.Node:
        """``{a => b}``."""
        parts = self.all(node)
        items = parts[0].items if len(parts) == 1 and isinstance(parts[0], ir.Items) else parts
        return ir.Pairs(start, end, list(zip_longest(items[::2], items[1::2], fillvalue=ir.Group(end, end))))

    def function(self, node: Node, start: int, end: int) -> ir.Node:
        """``sub``."""
        name = self.text(node.child_by_field_name("name")) if node.type.startswith("subroutine") else ""
        body = self.field(node, "body")
        signature = next((child for child in node.named_children if child.type == "signature"), None)
        if signature is not None:
            body = ir.Group(start, end, [self.lower(signature), body])
        return ir.Function(start, end, name, ["$_"], body)

    def entry(self, node: Node, start: int, end: int) -> ir.Node:
        """``*f``, ``*{"f"}``: the name in the symbol table is the function's."""
        inner = self.group(node, start, end)
        if isinstance(inner, ir.Const) and isinstance(inner.value, str):
            return ir.Name(start, end, inner.value.removeprefix("main::").removeprefix("::"))
        return (
            ir.Name(start, end, self.text(node).lstrip("*").removeprefix("CORE::GLOBAL::"))
            if node.named_children[0].type == "varname"
            else inner
        )

    def returned(self, node: Node, start: int, end: int) -> ir.Node:
        """``return a``."""
        return ir.Return(start, end, self.group(node, start, end))

    def condition(self, node: Node, start: int, end: int) -> ir.Node:
        """``if``, ``a ? b : c``."""
        if node.type == "conditional_expression":
            return ir.Choice(
                start,
                end,
                self.field(node, "condition"),
                self.field(node, "consequent"),
                self.maybe(node, "alternative"),
            )
        rest = [self.lower(child) for child in node.named_children if child.type in ("else", "elsif")]
        otherwise = ir.Group(start, end, rest) if rest else None
        return ir.Choice(start, end, self.field(node, "condition"), self.field(node, "block"), otherwise)

    def afterwards(self, node: Node, start: int, end: int) -> ir.Node:
        """``a if b``, ``a unless b``: what depends on a test, whatever it gives."""
        return ir.Group(
            start,
            end,
            [
                self.field(node, "condition"),
                ir.Choice(start, end, ir.Group(start, start), self.lower(node.named_children[0])),
            ],
        )

    def body(self, node: Node) -> ir.Node:
        """A loop's block, and what stands behind ``continue``."""
        block = self.field(node, "block")
        behind = node.child_by_field_name("continue")
        return block if behind is None else ir.Group(block.start, block.end, [block, self.lower(behind)])

    def loop(self, node: Node, start: int, end: int) -> ir.Node:
        """``while``, ``until``, C-style ``for``."""
        inits = node.children_by_field_name("initialiser")
        tests = node.children_by_field_name("condition")
        return ir.Loop(
            start,
            end,
            self.body(node),
            init=self.lower(inits[0]) if inits else None,
            test=self.lower(tests[0]) if tests else None,
            step=self.maybe(node, "iterator"),
        )

    def each_of(self, node: Node, start: int, end: int) -> ir.Node:
        """``foreach $a (list)``."""
        variable = node.child_by_field_name("variable")
        target: ir.Node = ir.Name(start, start, "$_") if variable is None else self.lower(variable)
        return ir.Loop(start, end, self.body(node), target, self.listed(node))

    def increment(self, node: Node, start: int, end: int) -> ir.Node:
        """``$i++``."""
        return ir.Assign(start, end, self.field(node, "operand"), ir.Const(end, end, 1), self.operator(node)[:1])

    def use(self, node: Node, start: int, end: int) -> ir.Node:
        """``use POSIX qw(setuid)``."""
        module = self.text(node.child_by_field_name("module"))
        names = [child for child in node.named_children if child.type == "quoted_word_list"]
        words = self.text(names[0].child_by_field_name("content")).split() if names else []
        words += [
            self.text(c.child_by_field_name("content"))
            for c in node.named_children
            if c.type.endswith("string_literal")
        ]
        bindings = [("", module), *((word, f"{module}::{word}") for word in words if module in _IMPORTS)]
        brought = ir.Import(start, end, bindings)
        rest = [
            c for c in node.named_children if c.type not in ("package", "version", "quoted_word_list", *self.skipped)
        ]
        if not rest:
            return brought
        given = self.each(rest)
        if module == "constant":
            given = [self.constants(value) for value in given]
        return ir.Group(start, end, [brought, *given])

    def constants(self, node: ir.Node) -> ir.Node:
        """``use constant A => b`` and ``use constant {A => b}``: from then on the word stands for the value."""
        start, end = node.start, node.end
        pairs: list[tuple[ir.Node, ir.Node]] = []
        if isinstance(node, ir.Pairs):
            pairs = list(node.items)
        elif isinstance(node, ir.Items) and len(node.items) > 1:
            pairs = [(node.items[0], node.items[1] if len(node.items) == 2 else ir.Items(start, end, node.items[1:]))]
        if not pairs:
            return node
        names = [(key.value, value) for key, value in pairs if isinstance(key, ir.Const) and isinstance(key.value, str)]
        self.named.update(name for name, _value in names)
        bound = [ir.Assign(start, end, ir.Name(start, start, name), value) for name, value in names]
        return ir.Group(start, end, [*bound, *(part for pair in pairs if pair[0] for part in pair[:1])])

    def read_line(self, node: Node, start: int, end: int) -> ir.Node:
        """``<STDIN>``, ``<$f>``, ``<>``."""
        handle = self.text(node).strip("<>")
        name = "<STDIN>" if handle in ("", "STDIN", "ARGV", "<>") else "readline"
        call = ir.Invoke(start, end, ir.Name(start, start, name), self.all(node))
        parent = node.parent
        if parent is not None and parent.type == "loop_statement":  # while (<F>) fills $_
            return ir.Assign(start, end, ir.Name(start, start, "$_"), call)
        return call

    def glob(self, node: Node, start: int, end: int) -> ir.Node:
        r"""``\&foo``: the function itself."""
        name = self.data[start : min(end, start + 260)].decode("utf-8", "surrogateescape").lstrip("\\")
        if name.startswith("&{"):  # \&{"f"}
            inner = self.group(node, start, end)
            text = inner.value if isinstance(inner, ir.Const) else None
            return ir.Name(start, end, text.removeprefix("CORE::")) if isinstance(text, str) else inner
        plain = name.lstrip("&").removeprefix("CORE::").removeprefix("GLOBAL::")
        return ir.Name(start, end, plain) if name.startswith("&") else self.group(node, start, end)

    def required(self, node: Node, start: int, end: int) -> ir.Node:
        """``require "file"`` and ``require Module``."""
        plain = node.named_children and node.named_children[0].type in ("bareword", "package", "version")
        return ir.Invoke(start, end, ir.Name(start, start, "require"), [] if plain else self.all(node))

    def nothing(self, node: Node, start: int, end: int) -> ir.Node:
        """Patterns and versions."""
        del node
        return ir.Group(start, end)

    handlers: ClassVar[dict[str, Handler]] = {
        "string_literal": StringLowering.raw_string,
        "interpolated_string_literal": StringLowering.string,
        "heredoc_content": StringLowering.heredoc,
        "command_string": StringLowering.command,
        "quoted_word_list": StringLowering.words,
        "number": literal,
        "bareword": bareword,
        "autoquoted_bareword": bareword,
        "package": bareword,
        "undef_expression": lambda low, node, start, end: (
            low.all(node)[0] if node.named_children else ir.Const(start, end, None)
        ),
        "filehandle": bareword,
        "function": lambda low, node, start, end: (
            low.group(node, start, end)
            if node.named_children and node.named_children[0].type == "code_deref_expression"
            else ir.Invoke(start, end, ir.Name(start, end, low.text(node)), [])
        ),
        "scalar": variable,
        "array": variable,
        "hash": variable,
        "container_variable": container,
        "hash_element_expression": element,
        "array_element_expression": element,
        "function_call_expression": call,
        "ambiguous_function_call_expression": call,
        "func1op_call_expression": builtin,
        "func0op_call_expression": builtin,
        "method_call_expression": method,
        "coderef_call_expression": through,
        "eval_expression": evaluated,
        "binary_expression": binary,
        "relational_expression": binary,
        "equality_expression": binary,
        "substitution_regexp": PatternLowering.substitution,
        "transliteration_expression": PatternLowering.substitution,
        "match_regexp": PatternLowering.pattern,
        "quoted_regexp": PatternLowering.pattern,
        "require_expression": required,
        "assignment_expression": assign,
        "variable_declaration": declaration,
        "list_expression": array,
        "parenthesized_expression": array,
        "anonymous_array_expression": array,
        "anonymous_hash_expression": hash_,
        "subroutine_declaration_statement": function,
        "anonymous_subroutine_expression": function,
        "return_expression": returned,
        "map_grep_expression": ListLowering.mapped,
        "conditional_statement": condition,
        "conditional_expression": condition,
        "elsif": condition,
        "loop_statement": loop,
        "cstyle_for_statement": loop,
        "for_statement": each_of,
        "postinc_expression": increment,
        "preinc_expression": increment,
        "use_statement": use,
        "readline_expression": read_line,
        "fileglob_expression": ListLowering.globbed,
        "slice_expression": ListLowering.slice_,
        "unary_expression": unary,
        "postfix_conditional_expression": afterwards,
        "format_content": PatternLowering.form,
        "glob": entry,
        "postfix_for_expression": ListLowering.over,
        "command_heredoc_token": StringLowering.token,
        "heredoc_token": StringLowering.token,
        "refgen_expression": glob,
    }


def parse(source: Source, nodes: int) -> ir.Program:
    """Parse with tree-sitter-perl."""
    return parse_with(Lowering, "tree_sitter_perl", "language", source, nodes)
