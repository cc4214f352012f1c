"""Shell text through tree-sitter: its syntax tree to ``ir``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.payload import decode, ir
from flycatcher.core.payload.evaluator.shell_calls import PARAMETERS
from flycatcher.core.payload.frontends.tree_sitter import TreeLowering, joined, parse_with, pieces

if TYPE_CHECKING:
    from tree_sitter import Node

    from flycatcher.core.payload.frontends.tree_sitter import Handler
    from flycatcher.core.payload.source import Source
_TEXT = frozenset({"string_content"})
_BRACED = re.compile(r"\{(\w[\w.-]*,[^\n]{1,4000})\}")
_BRANCH = re.compile(r"[^\s()|;&<>$`'\"]{1,80}\)(\S.*)", re.DOTALL)
_PART = re.compile(r"(?:'[^']*'|\"[^\"]*\"|\\.|[^,'\"\\])+")
_VARIABLES = ("variable_name", "special_variable_name", "subscript")
_KEYED = re.compile(r"\[(\w+)\]=")
_RUNS = re.compile(r"\$\(|`")
_SUBSCRIPT = re.compile(r"\w+\[[^\n]*(?:\$\(|`)[^\n]*\]")
"""The name of an array's item whose index is a command's output."""
_PROMPTS = frozenset({"PS0", "PS1", "PS2", "PS4"})
_TAKES_CODE = re.compile(
    r"(?:\b(?:eval|sh|source)|(?:^|[\s;{])\.)[^\n;]*\$[\d@*{]|(?:^|[;{&|])\s*\"?\$[@*\d]", re.MULTILINE
)
"""A function's body that runs its parameters."""
_FILE_TESTS = frozenset(f"-{letter}" for letter in "abcdefghkprsuwxGLNOS")
"""Tests of a file's kind, rights and size (test(1))."""
_HEREDOC = frozenset({"heredoc_content"})
_TAKES = (">", ">>", ">|", "&>", "&>>", ">&")
"""Redirections that take what a command prints."""


def _is_nothing(node: ir.Node) -> bool:
    """Whether a redirection stands alone: ``$(<file)``."""
    return isinstance(node, ir.Group) and not node.items


class Lowering(TreeLowering):
    """tree-sitter-bash to ir."""

    def __init__(self, source: Source, nodes: int) -> None:
        """Know no names yet."""
        super().__init__(source, nodes)
        self.arrays: set[str] = set()
        self.references: dict[str, str] = {}
        """Other names of variables (``declare -n``)."""

    def word(self, node: Node, start: int, end: int) -> ir.Node:
        """A word without quotes: backslashes go, braces stay."""
        return ir.Const(start, end, re.sub(r"\\(.)", r"\1", self.text(node)))

    def raw(self, node: Node, start: int, end: int) -> ir.Node:
        """``'a'``."""
        return ir.Const(start, end, self.text(node)[1:-1])

    def ansi(self, node: Node, start: int, end: int) -> ir.Node:
        r"""``$'\x41'``."""
        return ir.Const(start, end, decode.unescape_text(self.text(node)[2:-1]))

    def string(self, node: Node, start: int, end: int) -> ir.Node:
        r"""``"a$b"``: backslash only quotes ``$ ` " \``."""
        parts = pieces(self, node, _TEXT)
        for part in parts:
            if isinstance(part, ir.Const) and isinstance(part.value, str):
                part.value = re.sub(r'\\([$`"\\\n])', r"\1", part.value)
        if len(parts) == 1 and not isinstance(parts[0], ir.Const):
            return parts[0]  # "${a[@]}" is as many words as the array has
        return joined(start, end, parts)

    def concatenation(self, node: Node, start: int, end: int) -> ir.Node:
        """Words side by side."""
        return joined(start, end, self.all(node))

    def variable(self, node: Node, start: int, end: int) -> ir.Node:
        """``$a``."""
        name = self.text(node).lstrip("$").strip("{}")
        found = ir.Name(start, end, self.references.get(name, name))
        if name not in self.arrays:
            return found
        return ir.Index(start, end, found, ir.Const(start, start, 0))

    def element(self, node: Node, start: int, end: int) -> ir.Node:
        """``a[0]``, ``a[key]``, ``a[@]``: the list itself."""
        name = ir.Name(start, end, self.text(node.child_by_field_name("name")))
        key = node.child_by_field_name("index")
        written = self.text(key)
        if written in ("@", "*"):
            return name
        if written.isdecimal():
            return ir.Index(start, end, name, ir.Const(start, end, int(written[:9])))
        return ir.Index(start, end, name, self.field(node, "index"))

    def array(self, node: Node, start: int, end: int) -> ir.Node:
        """``(a b)``, ``([k]=a)``."""
        parts = self.all(node)
        keyed = [
            (child, _KEYED.match(self.text(child))) for child in node.named_children if child.type == "concatenation"
        ]
        if not keyed or len(keyed) != len(parts):
            return ir.Items(start, end, parts)
        pairs: list[tuple[ir.Node, ir.Node]] = []
        for child, match in keyed:
            if match is None:
                return ir.Items(start, end, parts)
            value = [self.lower(c) for c in child.named_children if c.start_byte >= child.start_byte + match.end()]
            pairs.append((ir.Const(start, start, match[1]), joined(start, end, value)))
        return ir.Pairs(start, end, pairs)

    def pattern(self, node: Node, start: int, end: int) -> ir.Node:
        """The pattern of ``${a#b}``: commands in it run."""
        text = self.text(node)
        return self.expanded(ir.Const(start, end, text), start, end) if _RUNS.search(text) else ir.Group(start, end)

    def expanded(self, value: ir.Node, start: int, end: int) -> ir.Node:
        """Text that the shell expands, as in double quotes."""
        text = ir.Template(start, end, [ir.Const(start, start, ': "'), value, ir.Const(end, end, '"')])
        return ir.Invoke(start, end, ir.Name(start, start, "eval"), [text])

    def expansion(self, node: Node, start: int, end: int) -> ir.Node:
        """``${a:-b}``: the variable, or the word where it has none; ``${IFS}`` is a blank."""
        name = next((c for c in node.named_children if c.type in _VARIABLES), None)
        rest = [self.lower(c) for c in node.named_children if c is not name]
        if name is None:
            return ir.Group(start, end, rest)
        variable = self.lower(name)
        text = self.text(node)
        if text.startswith("${!") and not rest:
            return ir.Invoke(start, end, ir.Name(start, start, "${!"), [variable])
        if text.endswith("@P}"):  # expanded as a prompt: commands in it run
            return ir.Group(start, end, [self.expanded(variable, start, end), variable])
        if self.operator(node) in (":-", "-", ":=", "=") and rest:
            return ir.Operate(start, end, "||", [variable, rest[-1]])
        return (
            variable
            if not rest and len(node.children) <= 3
            else ir.Group(start, end, [variable, *rest, ir.Group(start, end)])
        )

    def broken(self, node: Node, start: int, end: int) -> ir.Node:
        """``{eval,'a b'}``: a command whose words braces make; ``*)a``: a branch of ``case``."""
        text = self.text(node).strip()
        braced = _BRACED.fullmatch(text)
        branch = _BRANCH.fullmatch(text) if braced is None else None
        if braced is not None:
            code = " ".join(_PART.findall(braced[1]))
        elif branch is not None:  # the grammar wants a blank behind *)
            code = branch[1]
        else:
            return super().broken(node, start, end)
        return ir.Invoke(start, end, ir.Name(start, start, "eval"), [ir.Const(start, end, code)])

    def substitution(self, node: Node, start: int, end: int) -> ir.Node:
        """``$(a)``: what the command prints."""
        return ir.Invoke(start, end, ir.Name(start, start, "$("), [self.group(node, start, end)])

    def process(self, node: Node, start: int, end: int) -> ir.Node:
        """``<(a)``: a descriptor on what the command prints."""
        return ir.Invoke(start, end, ir.Name(start, start, "<("), [self.group(node, start, end)])

    def command(self, node: Node, start: int, end: int) -> ir.Node:
        """``A=1 name word word``."""
        name = node.child_by_field_name("name")
        args: list[ir.Node] = []
        around: list[ir.Node] = []
        stdin: ir.Node | None = None
        for child in node.named_children:
            if child.type == "variable_assignment":
                around.append(self.lower(child))
            elif child.type == "herestring_redirect":
                stdin = self.group(child, child.start_byte, child.end_byte)
            elif child.type.endswith("_redirect"):
                around.append(self.lower(child))
            elif child != name:
                args.append(self.lower(child))
        func = ir.Group(start, start) if name is None else self.group(name, name.start_byte, name.end_byte)
        call: ir.Node = ir.Invoke(start, end, func, args)
        if stdin is not None:
            call = ir.Pipeline(start, end, [stdin, call])
        return ir.Group(start, end, [*around, call]) if around else call

    def declaration(self, node: Node, start: int, end: int) -> ir.Node:
        """``export A=1``: assignments only; ``declare -n a=b`` makes a another name of b, and ``export -p`` prints them all."""
        if all(child.type == "word" for child in node.named_children):
            word = self.text(node.children[0])
            return ir.Invoke(start, end, ir.Name(start, start, word), self.all(node))
        if any(self.text(c).startswith("-") and "n" in self.text(c) for c in node.named_children if c.type == "word"):
            for child in node.named_children:
                name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if name is not None and value is not None:
                    self.references[self.text(name)] = self.text(value).strip("'\"")
            return ir.Group(start, end)
        return ir.Group(
            start,
            end,
            [self.lower(c) for c in node.named_children if c.type not in ("word", "variable_name", "simple_expansion")],
        )

    def unset(self, node: Node, start: int, end: int) -> ir.Node:
        """``unset A``."""
        names = [ir.Const(c.start_byte, c.end_byte, self.text(c)) for c in node.named_children]
        return ir.Invoke(start, end, ir.Name(start, start, "unset"), names)

    def assignment(self, node: Node, start: int, end: int) -> ir.Node:
        """``A=b``."""
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        inner: ir.Node = ir.Const(end, end, "") if value is None else self.lower(value)
        op = (
            "."
            if b"+=" in self.data[start : start + 260].split(b'"')[0].split(b"'")[0][: len(self.text(name)) + 2]
            else ""
        )
        if value is not None and value.type == "array":
            self.arrays.add(self.text(name))
        called = self.references.get(self.text(name), self.text(name))
        assigned = ir.Assign(start, end, ir.Name(start, start, called), inner, op)
        more = self.runs_by(called, inner, start, end)
        return assigned if more is None else ir.Group(start, end, [more, assigned])

    def runs_by(self, name: str, value: ir.Node, start: int, end: int) -> ir.Node | None:
        """Return what a shell runs because a variable has a value; None for nothing.

        Prompts are expanded, and so is an array's index that stands in a variable, wherever a number or a name is wanted
        (bash(1), "ARITHMETIC EVALUATION").
        """
        text = value.value if isinstance(value, ir.Const) and isinstance(value.value, str) else ""
        if name == "PROMPT_COMMAND":
            return ir.Invoke(start, end, ir.Name(start, start, "eval"), [value])
        if name in ("BASH_ENV", "ENV") and isinstance(value, ir.Invoke):
            return ir.Invoke(start, end, ir.Name(start, start, "."), [value])
        if _SUBSCRIPT.fullmatch(text) or (name in _PROMPTS and _RUNS.search(text)):
            return self.expanded(value, start, end)
        return None

    def pipeline(self, node: Node, start: int, end: int) -> ir.Node:
        """``a | b``."""
        return ir.Pipeline(start, end, self.all(node))

    def redirected(self, node: Node, start: int, end: int) -> ir.Node:
        """``a > b``, ``a <<EOF``."""
        body = node.child_by_field_name("body")
        redirects = [child for child in node.named_children if child.type.endswith("_redirect")]
        inner: ir.Node = ir.Group(start, start) if body is None else self.lower(body)
        before: list[ir.Node] = []
        for redirect in redirects:
            if redirect.type == "heredoc_redirect":
                text = next((c for c in redirect.named_children if c.type == "heredoc_body"), None)
                following = [
                    self.lower(c)
                    for c in redirect.named_children
                    if c.type not in ("heredoc_body", "heredoc_start", "heredoc_end", "file_descriptor")
                ]
                if text is not None:
                    inner = ir.Pipeline(start, end, [self.heredoc(text, redirect), inner, *following])
            elif redirect.type == "herestring_redirect":
                inner = ir.Pipeline(start, end, [self.group(redirect, redirect.start_byte, redirect.end_byte), inner])
            else:
                inner = self.flowing(redirect, inner, before)
        return ir.Group(start, end, [*before, inner])

    def flowing(self, redirect: Node, inner: ir.Node, before: list[ir.Node]) -> ir.Node:
        """Return a command with its redirection: it reads what ``<`` gives, and ``>`` takes what it prints."""
        lowered = self.lower(redirect)
        numbered = any(child.type == "file_descriptor" for child in redirect.children)
        if numbered or not isinstance(lowered, ir.Redirect) or lowered.op not in (*_TAKES, "<"):
            before.append(lowered)
            return inner
        start, end = lowered.start, lowered.end
        if lowered.op != "<":
            return ir.Pipeline(start, end, [inner, lowered])
        return lowered if _is_nothing(inner) else ir.Pipeline(start, end, [lowered, inner])

    def heredoc(self, node: Node, redirect: Node) -> ir.Node:
        """The text of a here-document; a quoted delimiter keeps it as it is."""
        start, end = node.start_byte, node.end_byte
        delimiter = next((self.text(c) for c in redirect.named_children if c.type == "heredoc_start"), "")
        if not node.named_children or any(mark in delimiter for mark in "'\"\\"):
            return ir.Const(start, end, self.text(node))
        parts: list[ir.Node] = []
        at = start
        for child in node.named_children:
            if child.type in _HEREDOC:
                continue
            if child.start_byte > at:
                parts.append(
                    ir.Const(at, child.start_byte, self.data[at : child.start_byte].decode("utf-8", "surrogateescape"))
                )
            parts.append(self.lower(child))
            at = child.end_byte
        if end > at:
            parts.append(ir.Const(at, end, self.data[at:end].decode("utf-8", "surrogateescape")))
        return joined(start, end, parts)

    def redirect(self, node: Node, start: int, end: int) -> ir.Node:
        """``> file``."""
        op = next((self.text(c) for c in node.children if not c.is_named), ">")
        targets = node.children_by_field_name("destination")
        if not targets:
            return ir.Group(start, end)
        return ir.Redirect(start, end, op, self.lower(targets[0]))

    def function(self, node: Node, start: int, end: int) -> ir.Node:
        """``f() { }``: its commands count where they stand; recursion through a pipe is a fork bomb."""
        name = self.text(node.child_by_field_name("name"))
        body = self.field(node, "body")
        text = self.text(node.child_by_field_name("body"))
        if name and re.search(rf"(?:^|[\s;{{]){re.escape(name)}\s*\|\s*{re.escape(name)}\s*&", text):
            body = ir.Group(start, end, [ir.Invoke(start, end, ir.Name(start, start, "fork-bomb"), []), body])
        if not name or not _TAKES_CODE.search(text):
            return body
        made = ir.Function(start, end, "", PARAMETERS, body)  # what it is given may run
        return ir.Group(start, end, [ir.Assign(start, end, ir.Name(start, start, f"{name}()"), made), body])

    def each_of(self, node: Node, start: int, end: int) -> ir.Node:
        """``for i in a b``."""
        values = [self.lower(value) for value in node.children_by_field_name("value")]
        target = ir.Name(start, start, self.text(node.child_by_field_name("variable")))
        return ir.Loop(start, end, self.field(node, "body"), target, ir.Items(start, start, values))

    def tested(self, node: Node, start: int, end: int) -> ir.Node:
        """``-f a`` between brackets: what ``test -f a`` does."""
        operator = self.text(node.children[0]) if node.children else ""
        if operator == "~":  # a home directory
            return ir.Const(start, end, self.text(node))
        inner = [self.lower(child) for child in node.named_children if child.type != "test_operator"]
        if operator not in _FILE_TESTS:
            return ir.Group(start, end, inner)
        return ir.Invoke(start, end, ir.Const(start, start, "test"), inner)

    def group_all(self, node: Node, start: int, end: int) -> ir.Node:
        """Conditions and bodies, one after the other."""
        return ir.Group(start, end, self.all(node))

    handlers: ClassVar[dict[str, Handler]] = {
        "word": word,
        "number": word,
        "extglob_pattern": word,
        "raw_string": raw,
        "ansi_c_string": ansi,
        "string": string,
        "translated_string": string,
        "concatenation": concatenation,
        "simple_expansion": variable,
        "variable_name": variable,
        "special_variable_name": variable,
        "expansion": expansion,
        "command_substitution": substitution,
        "process_substitution": process,
        "command": command,
        "declaration_command": declaration,
        "unset_command": unset,
        "variable_assignment": assignment,
        "pipeline": pipeline,
        "redirected_statement": redirected,
        "file_redirect": redirect,
        "subscript": element,
        "array": array,
        "regex": pattern,
        "function_definition": function,
        "for_statement": each_of,
        "test_command": group_all,
        "unary_expression": tested,
    }


def parse(source: Source, nodes: int) -> ir.Program:
    """Parse with tree-sitter-bash."""
    return parse_with(Lowering, "tree_sitter_bash", "language", source, nodes)
