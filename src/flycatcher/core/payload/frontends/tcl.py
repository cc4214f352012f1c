"""A tolerant reader for Tcl: words, braces and brackets (Tcl(n))."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode, ir

if TYPE_CHECKING:
    from flycatcher.core.payload.source import Source

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


def parse(source: Source, nodes: int) -> ir.Program:
    """Read Tcl."""
    return Tcl(source, nodes).program()
