"""A tolerant reader for languages of commands: one a line, a word and what follows it (gdb, sqlite, vim), or Tcl's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode, ir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.source import Source


def commands(
    source: Source,
    nodes: int,
    *,
    separators: str = r"\n",
    prefix: str = "",
    rest: Sequence[str] = (),
    blocks: Sequence[str] = (),
) -> ir.Program:
    """Read one command a line: its first word is called with the rest of the line as one text.

    ``prefix`` characters before a command are dropped. The words of ``rest`` take all that follows, over line ends too; those of ``blocks`` do so
    where they stand alone on their line, up to a line ``end``.
    """
    text = source.head
    items: list[ir.Node] = []
    at = 0
    for match in re.finditer(rf"(?:[^{separators}\\]|\\.)+", text, re.DOTALL):
        if match.start() < at or len(items) >= nodes:
            continue
        begin = match.start() + len(match[0]) - len(match[0].lstrip(f" \t\r{prefix}"))
        line = text[begin : match.end()]
        found = re.match(r"(!|\.?[A-Za-z_]\w*!?|\S)\s*", line)
        if found is None:
            continue
        word = found[1]
        stop = len(text) if word in rest else match.end()
        if word in blocks and begin + len(found[0].rstrip(" \t")) >= match.end():  # the word alone: up to "end"
            closed = re.compile(r"^[ \t]*end[ \t]*$", re.MULTILINE).search(text, match.end())
            stop = closed.start() if closed else len(text)
        if stop > match.end():
            at = stop
        start_byte = source.byte(begin)
        argument = ir.Const(
            source.byte(begin + found.end()), source.byte(stop), text[begin + found.end() : stop].strip("\r\n")
        )
        items.append(ir.Invoke(start_byte, argument.end, ir.Name(start_byte, start_byte + len(word), word), [argument]))
    return ir.Program(ir.Group(0, len(source.data), items), complete=len(items) < nodes, read=len(items))


_VARIABLE = re.compile(r"\$\{?(:*[\w:]{0,200})(\([^)\s]{0,200}\))?\}?")


class Tcl:
    """Tcl's words: braces quote, brackets call, a first word is a command (Tcl(n))."""

    def __init__(self, source: Source, nodes: int) -> None:
        """Read ``source`` as characters; offsets become bytes at the end."""
        self.source = source
        self.text = source.head
        self.left = nodes

    def program(self) -> ir.Program:
        """Read the whole text."""
        body, _at = self.script(0, len(self.text), "", 0)
        return ir.Program(body, complete=self.left > 0, read=0)

    def script(self, at: int, end: int, closer: str, depth: int) -> tuple[ir.Node, int]:
        """Read commands up to ``closer``."""
        items: list[ir.Node] = []
        start = at
        while at < end and self.left > 0:
            while at < end and self.text[at] in " \t\r\n;":
                at += 1
            if at < end and self.text[at] == "#":
                while at < end and self.text[at] != "\n":
                    at += 1
                continue
            if at < end and closer and self.text[at] == closer:
                return self.group(start, at, items), at + 1
            begin = at
            words, at = self.words(at, end, closer, depth)
            if len(words) == 3 and isinstance(words[0], ir.Const) and words[0].value == "set":
                name = words[1].value if isinstance(words[1], ir.Const) else ""
                items.append(
                    ir.Assign(
                        self.byte(begin),
                        self.byte(at),
                        ir.Name(self.byte(begin), self.byte(begin), str(name)),
                        words[2],
                    )
                )
            elif words:
                items.append(ir.Invoke(self.byte(begin), self.byte(at), words[0], words[1:]))
            elif at == begin:
                at += 1
        return self.group(start, at, items), at

    def group(self, start: int, end: int, items: list[ir.Node]) -> ir.Node:
        """Put commands together."""
        return ir.Group(self.byte(start), self.byte(end), items)

    def byte(self, at: int) -> int:
        """Return the byte offset of a character."""
        return self.source.byte(at)

    def words(self, at: int, end: int, closer: str, depth: int) -> tuple[list[ir.Node], int]:
        """Read one command's words."""
        words: list[ir.Node] = []
        while at < end and self.text[at] not in "\n;" and not (closer and self.text[at] == closer):
            if self.text[at] in " \t\r":
                at += 1
                continue
            self.left -= 1
            word, at = self.word(at, end, closer, depth)
            words.append(word)
        return words, at

    def word(self, at: int, end: int, closer: str, depth: int) -> tuple[ir.Node, int]:
        """Read one word."""
        if self.text[at] == "{":
            return self.braced(at, end, depth)
        quoted = self.text[at] == '"'
        start = at
        at += quoted
        parts: list[ir.Node] = []
        literal = at
        while at < end:
            char = self.text[at]
            if (quoted and char == '"') or (not quoted and (char in " \t\r\n;" or (closer and char == closer))):
                break
            if char == "\\":
                at += 2
            elif char == "[" and depth < 20:
                parts.append(self.const(literal, at))
                inner, at = self.script(at + 1, end, "]", depth + 1)
                parts.append(inner)
                literal = at
            elif char == "$":
                parts.append(self.const(literal, at))
                found = _VARIABLE.match(self.text, at, end)
                name = found[1] if found else ""
                stop = max(found.end() if found else at + 1, at + 1)
                parts.append(ir.Name(self.byte(at), self.byte(stop), name))
                at = literal = stop
            else:
                at += 1
        parts.append(self.const(literal, min(at, end)))
        kept = [part for part in parts if not isinstance(part, ir.Const) or part.value]
        at = min(at + quoted, end)
        if len(kept) == 1:
            return kept[0], at
        return ir.Template(self.byte(start), self.byte(at), kept), at

    def const(self, start: int, end: int) -> ir.Const:
        """Return literal text."""
        return ir.Const(self.byte(start), self.byte(end), decode.unescape_text(self.text[start:end]))

    def braced(self, at: int, end: int, depth: int) -> tuple[ir.Node, int]:
        """``{...}``: text, which a control command reads as a script; so both are kept."""
        level, start = 0, at
        while at < end:
            if self.text[at] == "\\":
                at += 1
            elif self.text[at] in "{}":
                level += 1 if self.text[at] == "{" else -1
                if level == 0:
                    break
            at += 1
        text = ir.Const(self.byte(start), self.byte(at), self.text[start + 1 : at])
        at = min(at + 1, end)
        if depth < 12 and re.search(r"\w", text.value if isinstance(text.value, str) else ""):
            inner, _at = self.script(start + 1, at - 1, "", depth + 1)
            return ir.Group(text.start, text.end, [inner, text]), at
        return text, at


def tcl(source: Source, nodes: int) -> ir.Program:
    """Read Tcl."""
    return Tcl(source, nodes).program()


class Lisp:
    """S-expressions: the first item of a list is called with the others."""

    def __init__(self, source: Source, nodes: int) -> None:
        """Read ``source``."""
        self.source = source
        self.left = nodes
        self.tokens = list(re.finditer(r';[^\n]*|"(?:[^"\\]|\\.)*"?|[()\[\]]|[^\s()\[\]";]+', source.head, re.DOTALL))[
            :nodes
        ]
        self.full = len(self.tokens) < nodes
        self.at = 0

    def program(self) -> ir.Program:
        """Read all forms, without recursion: a stack of open lists."""
        top: list[ir.Node] = []
        stack: list[tuple[list[ir.Node], int]] = [(top, 0)]
        for token in self.tokens:
            text = token[0]
            start, end = self.source.byte(token.start()), self.source.byte(token.end())
            if text in "([":
                if len(stack) < ir.MAX_DEPTH:
                    stack.append(([], start))
            elif text in ")]":
                if len(stack) > 1:
                    items, begin = stack.pop()
                    stack[-1][0].append(_form(items, begin, end))
            elif text.startswith('"'):
                stack[-1][0].append(ir.Const(start, end, decode.unescape_text(text.strip('"'))))
            elif not text.startswith(";"):
                stack[-1][0].append(ir.Name(start, end, text.lstrip("'`,@#")))
        while len(stack) > 1:  # the text may be cut
            items, begin = stack.pop()
            stack[-1][0].append(_form(items, begin, len(self.source.data)))
        return ir.Program(ir.Group(0, len(self.source.data), top), complete=self.full, read=len(self.tokens))


def _form(items: list[ir.Node], start: int, end: int) -> ir.Node:
    if items and isinstance(items[0], ir.Name):
        if items[0].id in ("quote", "list"):
            return ir.Items(start, end, items[1:])
        return ir.Invoke(start, end, items[0], items[1:])
    return ir.Items(start, end, items)


def lisp(source: Source, nodes: int) -> ir.Program:
    """Read a Lisp."""
    return Lisp(source, nodes).program()
