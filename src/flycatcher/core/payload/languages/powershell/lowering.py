"""A tolerant reader for PowerShell: pipelines of commands with words and parameters, and expressions with .NET members.

It follows the language's two modes (about_Parsing): where a command may stand, a bare word is a command and what follows it are
its arguments; elsewhere there are expressions. Every token is looked at once; nesting is bounded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.languages.powershell import tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.core.payload.source import Source

_CMDLET = re.compile(r"[A-Za-z]+-[A-Za-z]\w*|[%?]|[A-Za-z]\w*")
_PROGRAM = re.compile(r"(?i).*[/\\].*|.*\.(?:exe|sh|cmd|bat|com|py|elf)|(?:ba|da|z|k|c|tc)?sh|cmd|python[\d.]*|perl|ruby|node|php|nc|ncat|"
                      r"socat|certutil|mshta|rundll32|regsvr32|wscript|cscript|msiexec|schtasks|net|reg|wmic|pwsh|powershell")  # fmt: skip


class Reader:
    """One walk over a text's tokens."""

    def __init__(self, source: Source, nodes: int) -> None:
        """Cut the text into tokens; offsets become bytes."""
        text = source.head
        self.tokens: list[tuple[str, str, int, int]] = []
        self.spaced: list[bool] = []
        self.full, spaced = True, True
        for match in tokens.TOKEN.finditer(text):
            kind = match.lastgroup or "other"
            kind = "here" if match["here"] is not None else kind
            if kind in ("space", "continued", "comment"):
                spaced = True
                continue
            if len(self.tokens) >= nodes:
                self.full = False
                break
            self.tokens.append((kind, match[0], source.byte(match.start()), source.byte(match.end())))
            self.spaced.append(spaced)
            spaced = False
        self.at = 0
        self.depth = 0
        self.size = len(source.data)

    def program(self) -> ir.Program:
        """Read all statements."""
        items = self.statements("")
        notes = [] if self.full else ["the text has more tokens than are read of it"]
        return ir.Program(ir.Group(0, self.size, items), complete=self.full, notes=notes, read=len(self.tokens))

    def peek(self) -> tuple[str, str]:
        """Return the next token's kind and text."""
        return self.tokens[self.at][:2] if self.at < len(self.tokens) else ("end", "")

    def span(self) -> tuple[int, int]:
        """Return where the next token stands."""
        return self.tokens[self.at][2:] if self.at < len(self.tokens) else (self.size, self.size)

    def end(self) -> int:
        """Return where the last token ended."""
        return self.tokens[min(self.at, len(self.tokens)) - 1][3] if self.at and self.tokens else 0

    def statements(self, closer: str) -> list[ir.Node]:
        """Read statements up to a closing bracket, which is consumed."""
        items: list[ir.Node] = []
        if self.depth >= ir.MAX_DEPTH // 3:
            self._skip(closer)
            return items
        self.depth += 1
        while self.at < len(self.tokens):
            kind, text = self.peek()
            if closer and text == closer and kind == "op":
                self.at += 1
                break
            if kind == "newline" or text in (";", ",", ")", "}", "]", "&&", "||"):
                self.at += 1
                continue
            before = self.at
            items.append(self.pipeline())
            if self.at == before:
                self.at += 1
        self.depth -= 1
        return items

    def _skip(self, closer: str) -> None:
        """Step over what is nested too deep, and remember that it was not read."""
        self.full = False
        while self.at < len(self.tokens) and self.tokens[self.at][1] != closer:
            self.at += 1
        self.at += 1

    def nested(self, read: Callable[[], ir.Node]) -> ir.Node:
        """Read one level deeper; nothing where that is too deep: what comes is read as a statement of its own."""
        if self.depth >= ir.MAX_DEPTH // 3:
            self.full = False
            start = self.span()[0]
            return ir.Group(start, start)
        self.depth += 1
        node = read()
        self.depth -= 1
        return node

    def pipeline(self) -> ir.Node:
        """Read ``a | b | c``: each command gets what comes before it as one more argument."""
        start = self.span()[0]
        left = self.element()
        while self.peek() == ("op", "|"):
            self.at += 1
            while self.peek()[0] == "newline":
                self.at += 1
            right = self.element()
            if isinstance(right, ir.Invoke):
                right = ir.Invoke(start, self.end(), right.func, [*right.args, left], [*right.kwargs, ("|", left)])
                left = right
            else:
                left = ir.Group(start, self.end(), [left, right])
        return left

    def element(self) -> ir.Node:
        """Read one command, assignment or expression."""
        kind, text = self.peek()
        start, end = self.span()
        if kind == "word" and text.lower() in tokens.KEYWORDS:
            self.at += 1
            return ir.Group(start, end)
        if (kind, text) == ("op", "&") or (kind == "word" and text == "."):
            self.at += 1
            return self.call(start)
        if kind == "word" and not re.match(r"[\d+-]", text):
            self.at += 1
            if _PROGRAM.fullmatch(text):
                return ir.Invoke(
                    start,
                    self.end(),
                    ir.Name(start, start, "&"),
                    [ir.Const(start, end, tokens.word(text)), *self.arguments()],
                )
            if text.lower() == "new-object":
                return self.made(start)
            name = ir.Name(start, end, tokens.word(text))
            return ir.Invoke(start, self.end(), name, self.arguments()) if _CMDLET.fullmatch(text) else name
        return self.expression()

    def call(self, start: int) -> ir.Node:
        """Read what ``&`` or ``.`` calls: a program's name, a script block or a variable."""
        if self.peek()[0] in ("end", "newline"):
            return ir.Group(start, start)
        what = self.operand()
        if isinstance(what, ir.Group):
            return ir.Group(start, self.end(), [what, *self.arguments()])
        if (
            isinstance(what, ir.Const)
            and isinstance(what.value, str)
            and not _PROGRAM.fullmatch(what.value)
            and _CMDLET.fullmatch(what.value)
        ):
            return ir.Invoke(start, self.end(), ir.Name(what.start, what.end, what.value), self.arguments())
        return ir.Invoke(start, self.end(), ir.Name(start, start, "&"), [what, *self.arguments()])

    def made(self, start: int) -> ir.Node:
        """``New-Object Type(arguments)`` calls the type's name."""
        args = [
            arg
            for arg in self.arguments()
            if not (
                isinstance(arg, ir.Const) and str(arg.value).lower() in ("-typename", "-argumentlist", "-comobject")
            )
        ]
        if args and isinstance(args[0], ir.Const):
            return ir.Invoke(start, self.end(), ir.Name(args[0].start, args[0].end, str(args[0].value)), args[1:])
        return ir.Group(start, self.end(), args)

    def arguments(self) -> list[ir.Node]:
        """Read a command's arguments, up to the end of the command."""
        args: list[ir.Node] = []
        while self.at < len(self.tokens) and len(args) < 200:
            kind, text = self.peek()
            start, end = self.span()
            if kind == "newline" or text in ("|", ";", ")", "}", "]", "&&", "||", "&"):
                break
            if kind == "parameter" or (kind == "op" and text == ","):
                self.at += 1
                if kind == "parameter":
                    args.append(ir.Const(start, end, text.rstrip(":")))
            elif kind == "word":
                self.at += 1
                args.append(ir.Const(start, end, tokens.word(text)))
            elif kind == "op":
                self.at += 1
                if ">" in text and self.peek()[0] not in ("end", "newline"):
                    target = self.operand()
                    args.append(ir.Invoke(start, self.end(), ir.Name(start, start, ">"), [target]))
            else:
                before = self.at
                args.append(self.operand())
                self.at += self.at == before
        return args

    def expression(self) -> ir.Node:
        """Read operands joined by operators, and assignments."""
        start = self.span()[0]
        left: ir.Node | None = None
        while self.at < len(self.tokens):
            kind, text = self.peek()
            if kind == "newline" or (kind == "op" and text in ("|", ";", ")", "}", "]", "&&", "||", "&")):
                break
            if kind == "op" and text == "=" and left is not None:
                self.at += 1
                return ir.Assign(start, self.end(), left, self.nested(self.pipeline))
            if kind == "op" and text == "+=" and left is not None:
                self.at += 1
                return ir.Assign(start, self.end(), left, self.nested(self.pipeline), "+")
            if text in ("+", ",") or text.lower() in tokens.WORD_OPERATORS or kind == "op":
                self.at += 1
                left = self.joined(left, text.lower(), start)
                continue
            before = self.at
            right = self.operand()
            self.at += self.at == before
            left = right if left is None else self.grouped(left, right, start)
        return ir.Group(start, start) if left is None else left

    def joined(self, left: ir.Node | None, op: str, start: int) -> ir.Node:
        """Read the right side of an operator."""
        if self.peek()[0] in ("end", "newline") or self.peek()[1] in (")", "}", "]", ";", "|"):
            return left or ir.Group(start, start)
        right = self.operand()
        if left is None:
            return ir.Invoke(start, self.end(), ir.Name(start, start, op), [right]) if op == "-join" else right
        if op == "+":
            if isinstance(left, ir.Operate) and isinstance(left.items, list):
                left.items.append(right)  # a chain is flat
                left.end = self.end()
                return left
            return ir.Operate(start, self.end(), "+", [left, right])
        if op == ",":
            if isinstance(left, ir.Items) and isinstance(left.items, list):
                left.items.append(right)  # in place: a copy for each item would take quadratic time
                left.end = self.end()
                return left
            return ir.Items(start, self.end(), [left, right])
        if op in ("-join", "-f", "-replace", "-split"):
            return ir.Invoke(start, self.end(), ir.Name(start, start, op), [left, right])
        return self.grouped(left, right, start)

    def grouped(self, left: ir.Node, right: ir.Node, start: int) -> ir.Node:
        """Put one more part into a group, in place: a group in a group for each part would be as deep as the text is long."""
        if isinstance(left, ir.Group) and isinstance(left.items, list):
            left.items.append(right)
            left.end = self.end()
            return left
        return ir.Group(start, self.end(), [left, right])

    def operand(self) -> ir.Node:
        """Read one value with its members, calls and subscripts."""
        kind, text = self.peek()
        start, end = self.span()
        self.at += 1
        node: ir.Node
        if kind in ("double", "here", "single"):
            node = tokens.string(text, kind, start, end)
        elif kind == "variable":
            node = ir.Name(start, end, text.replace("{", "").replace("}", ""))
        elif kind == "opener":
            node = self.bracket(text, start)
        elif kind in ("word", "parameter"):
            node = ir.Const(start, end, tokens.number(tokens.word(text)))
        else:
            return ir.Group(start, end)
        return self.postfix(node, start)

    def bracket(self, opener: str, start: int) -> ir.Node:
        """Read a bracket's contents: statements, a list, a hash table, a script block, or a type."""
        if opener == "[":
            return self.type(start)
        items = self.statements("}" if opener in ("{", "@{") else ")")
        if opener == "@(":
            return (
                items[0] if len(items) == 1 and isinstance(items[0], ir.Items) else ir.Items(start, self.end(), items)
            )
        return items[0] if len(items) == 1 and opener == "(" else ir.Group(start, self.end(), items)

    def type(self, start: int) -> ir.Node:
        """Read ``[Type]``: before ``::`` it is a name, else a cast of what follows."""
        words, depth = [], 1
        while self.at < len(self.tokens) and depth:
            text = self.tokens[self.at][1]
            depth += (text == "[") - (text == "]")
            words.append(text)
            self.at += 1
        name = "".join(words[:-1])
        if self.peek()[1] == "::" or self.peek()[1].startswith("::"):
            return ir.Name(start, self.end(), name)
        if self.peek()[0] in ("end", "newline", "op"):
            return ir.Const(start, self.end(), name)
        value = self.nested(self.operand)
        if name.lower() in ("char", "string", "char[]", "scriptblock"):
            return ir.Invoke(start, self.end(), ir.Name(start, start, f"[{name.lower()}]"), [value])
        return value

    def postfix(self, node: ir.Node, start: int) -> ir.Node:
        """Read members, calls and subscripts after a value; no blank may stand before them."""
        while self.at < len(self.tokens) and not self.spaced[self.at]:
            kind, text = self.peek()
            if kind == "member" or (kind == "op" and text == "::"):
                self.at += 1
                name = text[1:]
                if kind == "op" and self.peek()[0] in ("word", "variable"):
                    name = self.peek()[1]
                    self.at += 1
                node = node if name.lower() == "new" else ir.Member(start, self.end(), node, name)
            elif (kind, text) == ("opener", "(") and isinstance(node, (ir.Member, ir.Name)):
                self.at += 1
                args = self.statements(")")
                flat = list(args[0].items) if len(args) == 1 and isinstance(args[0], ir.Items) else args
                node = ir.Invoke(start, self.end(), node, flat)
            elif (kind, text) == ("opener", "[") and not isinstance(node, ir.Const):
                self.at += 1
                keys = self.statements("]")
                node = ir.Index(start, self.end(), node, keys[0] if keys else None)
            else:
                break
        return node


def parse(source: Source, nodes: int) -> ir.Program:
    """Read PowerShell."""
    return Reader(source, nodes).program()
