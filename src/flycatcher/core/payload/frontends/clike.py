"""A tolerant reader for languages without a pinned grammar that call functions as C does: names, strings, calls, operators.

It knows no grammar: it finds what is called with what, which is all that folding and capabilities need, and what it does
not understand it steps over. Every token is looked at once; nesting is bounded.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core.payload import decode, ir

if TYPE_CHECKING:
    from flycatcher.core.payload.source import Source

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_PREFIXES = frozenset({"-", "!", "@", "$", "\\", "&", "*", "~", "+"})


C_COMMENTS = r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"
"""A regular expression for the comments of C."""


class Dialect(Struct, frozen=True):
    """What differs between these languages."""

    comments: str = r"#[^\n]*"
    """A regular expression for comments."""
    quotes: str = "\"'"
    concat: frozenset[str] = frozenset({"+", ".", "++", "<>", "&", "..", "*"})
    """Operators that join texts."""
    beside: str = "call"
    """What two expressions side by side are: ``call`` (the first with the second), ``concat`` or ``group``."""
    backticks: bool = False
    """Backticks hand text to a shell."""
    pipes: bool = False
    """``a | b`` and ``a > b`` have a command or a file on one side (awk)."""
    long_quotes: bool = False
    """Triple quotes."""


def _tokens(dialect: Dialect) -> re.Pattern[str]:
    quotes = "|".join(rf"{q}(?:[^{q}\\]|\\.)*{q}?" for q in dialect.quotes)
    triple = r'(?P<triple>"""(?:[^"\\]|\\.|"(?!""))*(?:""")?)|' if dialect.long_quotes else ""
    return re.compile(
        rf"(?P<comment>{dialect.comments})|{triple}(?P<string>{quotes})|(?P<tick>`[^`]*`?)"
        rf"|(?P<name>[@$:.]?[A-Za-z_]\w*(?:::?[A-Za-z_]\w*)*[!?]?)"
        r"|(?P<hole>\U000f0000)|(?P<number>0[xX][0-9A-Fa-f]+|\d[\d_]*(?:\.\d+)?)|(?P<newline>\n)"
        r"|(?P<op>\|&|\|>|->|=>|==|!=|<=|>=|\+\+|<>|\.\.|&&|\|\||>>|<<|\+=|\.=|::|\S)",
        re.DOTALL,
    )


class Reader:
    """One walk over a text's tokens."""

    def __init__(self, source: Source, nodes: int, dialect: Dialect) -> None:
        """Cut the text into tokens; offsets become bytes."""
        self.dialect = dialect
        self.text = source.data
        text = source.head
        self.kinds: list[str] = []
        self.texts: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.full = True
        at_char = at_byte = 0
        for match in _tokens(dialect).finditer(text):
            if len(self.kinds) >= nodes:
                self.full = False
                break
            kind = match.lastgroup or "op"
            if kind == "comment":
                continue
            begin, end = match.span()
            at_byte += begin - at_char if source.ascii else len(text[at_char:begin].encode("utf-8", "surrogateescape"))
            start = at_byte
            at_byte += end - begin if source.ascii else len(match[0].encode("utf-8", "surrogateescape"))
            at_char = end
            self.kinds.append(kind)
            self.texts.append(match[0])
            self.starts.append(start)
            self.ends.append(at_byte)
        self.at = 0
        self.depth = 0
        self.size = len(source.data)

    def program(self) -> ir.Program:
        """Read all statements."""
        items: list[ir.Node] = []
        while self.at < len(self.kinds):
            before = self.at
            items.append(self.expression(""))
            if self.at == before:
                self.at += 1
        notes = [] if self.full else ["the text has more tokens than are read of it"]
        return ir.Program(ir.Group(0, self.size, items), complete=self.full, notes=notes, read=len(self.kinds))

    def peek(self) -> str:
        """Return the next token's text, empty at the end."""
        return self.texts[self.at] if self.at < len(self.texts) else ""

    def kind(self) -> str:
        """Return the next token's kind."""
        return self.kinds[self.at] if self.at < len(self.kinds) else "end"

    def expression(self, closer: str) -> ir.Node:
        """Read up to a separator: operands in a row, joined by operators or standing side by side."""
        start = self.starts[self.at] if self.at < len(self.starts) else self.size
        left: ir.Node | None = None
        while self.at < len(self.kinds):
            kind, text = self.kind(), self.peek()
            if (kind == "newline" and not closer) or text in (";", ",", ")", "]", "}"):
                break
            if kind == "newline":
                self.at += 1
                continue
            if kind == "op" and text not in ("(", "[", "{"):
                left = self.operator(left, text, closer, start)
                continue
            right = self.operand()
            left = right if left is None else self.beside(left, right, start)
        return ir.Group(start, start) if left is None else left

    def operator(self, left: ir.Node | None, op: str, closer: str, start: int) -> ir.Node:
        """Read an operator and what follows it."""
        self.at += 1
        if op in ("=", ":=", "<-") and left is not None:
            return ir.Assign(start, self.end(), left, self.assigned(closer))
        if op in ("+=", ".=") and left is not None:
            return ir.Assign(start, self.end(), left, self.assigned(closer), op[0])
        piped = self.dialect.pipes and op in ("|", "|&", ">", ">>")
        if piped or op == "|>":
            right = self.operand()
            args = [right] if left is None else [left, right]
            return ir.Invoke(start, self.end(), ir.Name(start, start, op), args)
        if op in self.dialect.concat and left is not None and self.kind() not in ("end", "newline"):
            right = self.operand()
            if isinstance(left, ir.Operate) and left.op == "+" and isinstance(left.items, list):
                left.items.append(right)
                left.end = self.end()
                return left
            return ir.Operate(start, self.end(), "+", [left, right])
        if left is not None and self.kind() not in ("end", "newline") and self.peek() not in (";", ",", ")", "]", "}"):
            return self.grouped(left, self.operand(), start)
        return ir.Group(start, start) if left is None else left

    def grouped(self, left: ir.Node, right: ir.Node, start: int) -> ir.Node:
        """Put one more part into a group, in place: a group in a group for each part would be as deep as the text is long."""
        if isinstance(left, ir.Group) and isinstance(left.items, list):
            left.items.append(right)
            left.end = self.end()
            return left
        return ir.Group(start, self.end(), [left, right])

    def assigned(self, closer: str) -> ir.Node:
        """Read what is assigned; in a chain that is too long, nothing: its rest is read as a statement of its own."""
        if self.depth >= ir.MAX_DEPTH // 2:
            self.full = False
            at = self.starts[self.at] if self.at < len(self.starts) else self.size
            return ir.Group(at, at)
        self.depth += 1
        value = self.expression(closer)
        self.depth -= 1
        return value

    def end(self) -> int:
        """Return where the last token ended."""
        return self.ends[min(self.at, len(self.ends)) - 1] if self.at else 0

    def beside(self, left: ir.Node, right: ir.Node, start: int) -> ir.Node:
        """Join two operands that stand side by side."""
        mode = self.dialect.beside
        if mode == "concat" and not isinstance(left, ir.Group):
            if isinstance(left, ir.Name) and left.id in (
                "print",
                "printf",
                "@load",
                "return",
                "BEGIN",
                "END",
                "while",
                "if",
                "for",
            ):
                return ir.Invoke(start, self.end(), left, [right])
            if isinstance(right, ir.Group) and not right.items:
                return left
            if isinstance(left, ir.Template) and isinstance(left.parts, list):
                left.parts.append(right)  # in place: a copy a part would take quadratic time
                left.end = self.end()
                return left
            return ir.Template(start, self.end(), [left, right])
        if mode == "call" and isinstance(left, (ir.Name, ir.Member)):
            return ir.Invoke(start, self.end(), left, [right])
        if mode == "call" and isinstance(left, ir.Invoke) and left.end <= right.start and isinstance(left.args, list):
            left.args.append(right)
            left.end = self.end()
            return left
        return self.grouped(left, right, start)

    def operand(self) -> ir.Node:
        """Read a primary expression with its calls, members and subscripts."""
        while self.at < len(self.kinds) and self.kinds[self.at] == "op" and self.texts[self.at] in _PREFIXES:
            self.at += 1
        if self.at >= len(self.kinds):
            return ir.Group(self.size, self.size)
        kind, text, start, end = self.kinds[self.at], self.texts[self.at], self.starts[self.at], self.ends[self.at]
        if text in (")", "]", "}", ",", ";") and kind == "op":
            return ir.Group(start, start)
        self.at += 1
        if text in _CLOSERS and kind == "op":
            return self.postfix(self.bracket(text, start), start)
        if kind in ("op", "newline"):
            return ir.Group(start, end)
        return self.postfix(self.leaf(kind, text, start, end), start)

    def leaf(self, kind: str, text: str, start: int, end: int) -> ir.Node:
        """Return a literal or a name."""
        if kind in ("string", "triple"):
            return ir.Const(start, end, self.unquote(text))
        if kind == "tick":
            words = [ir.Const(start, end, word) for word in _words(text.strip("`"))[:256]]
            if self.dialect.backticks:
                return ir.Command(start, end, [ir.Const(start, end, text.strip("`"))])
            return ir.Items(start, end, words)
        if kind == "number":
            return ir.Const(start, end, _number(text))
        return ir.Name(start, end, text.lstrip(".") if len(text) > 1 else text)

    def unquote(self, text: str) -> str:
        """Return a quoted string's value."""
        mark = '"""' if text.startswith('"""') else text[:1]
        inner = text[len(mark) :]
        inner = inner.removesuffix(mark)
        return decode.unescape_text(inner)

    def bracket(self, opener: str, start: int) -> ir.Node:
        """Read a bracket's contents."""
        items = self.arguments(_CLOSERS[opener])
        if opener == "[":
            return ir.Items(
                start, self.end(), [_beside(item) for item in items] if self.dialect.beside == "call" else items
            )
        return items[0] if len(items) == 1 else ir.Group(start, self.end(), items)

    def arguments(self, closer: str) -> list[ir.Node]:
        """Read expressions up to a closing bracket (or the end: the text may be cut)."""
        items: list[ir.Node] = []
        if self.depth >= ir.MAX_DEPTH // 2:
            self.skip(closer)
            return items
        self.depth += 1
        while self.at < len(self.kinds):
            text = self.peek()
            if text == closer and self.kind() == "op":
                self.at += 1
                break
            if (text in (",", ";", ")", "]", "}") and self.kind() == "op") or self.kind() == "newline":
                self.at += 1
                continue
            items.append(self.expression(closer))
        self.depth -= 1
        return items

    def skip(self, closer: str) -> None:
        """Step over what is nested too deep, and remember that it was not read."""
        self.full = False
        while self.at < len(self.kinds) and self.texts[self.at] != closer:
            self.at += 1
        self.at += 1

    def postfix(self, node: ir.Node, start: int) -> ir.Node:
        """Read calls, members and subscripts after an operand."""
        while self.at < len(self.kinds):
            text, kind = self.peek(), self.kind()
            close = self.starts[self.at] == self.ends[self.at - 1]
            if text == "(" and kind == "op" and (close or isinstance(node, ir.Name)) and not isinstance(node, ir.Const):
                self.at += 1
                node = ir.Invoke(start, self.end(), node, self.arguments(")"))
                node.end = self.end()
            elif text == "[" and close and kind == "op":
                self.at += 1
                keys = self.arguments("]")
                node = ir.Index(start, self.end(), node, keys[0] if keys else None)
            elif (
                text in (".", "->", "::", "$")
                and close
                and self.at + 1 < len(self.kinds)
                and self.kinds[self.at + 1] == "name"
            ):
                node = ir.Member(start, self.ends[self.at + 1], node, self.texts[self.at + 1])
                self.at += 2
            elif kind == "name" and text[0] in ".:$" and close and len(text) > 1:
                node = ir.Member(start, self.ends[self.at], node, text.lstrip(".:$"))
                self.at += 1
            else:
                break
        return node


def _beside(item: ir.Node) -> ir.Node:
    """Return strings that stand side by side as one: ``["a" "b"]`` in Octave."""
    texts = isinstance(item, ir.Group) and all(
        isinstance(part, ir.Const) and isinstance(part.value, str) for part in item.items
    )
    return ir.Template(item.start, item.end, list(item.items)) if texts and isinstance(item, ir.Group) else item


def _words(text: str) -> list[str]:
    """Return the words of a command literal, by its quotes."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _number(text: str) -> int | float:
    if text[:2] in ("0x", "0X"):
        return int(text[:400], 16)
    clean = text.replace("_", "")[:400]
    return int(clean) if clean.isdecimal() else float(clean)


def parse(source: Source, nodes: int, dialect: Dialect) -> ir.Program:
    """Read a text of some C-like dialect."""
    return Reader(source, nodes, dialect).program()
