"""A document's text as the editor counts it: lines that end with LF, CRLF or CR, and characters in the units that were agreed on.

Source: Language Server Protocol 3.17, "Text Documents" and "Position Encoding".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

Position = tuple[int, int]
"""0-based line, and 0-based character in units of the encoding."""
_LINE_END = re.compile(r"\r\n|\n|\r")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_TWO_UNITS = 0x10000
"""From this code point on, UTF-16 needs two units."""


class Text:
    """One version of a text; ``encoding`` is utf-8, utf-16 or utf-32."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        """Keep the text; half a character, which JSON can hold and no file can, becomes U+FFFD."""
        self.text = _LONE_SURROGATE.sub("\ufffd", text)
        self._encoding = encoding

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def _line(self, number: int) -> str:
        """Return a line without its end."""
        end = self._lines[number + 1] if number + 1 < len(self._lines) else len(self.text)
        return self.text[self._lines[number] : end].rstrip("\r\n")

    def _units(self, character: str) -> int:
        """Return how many units a character takes."""
        if self._encoding == "utf-8":
            return len(character.encode())
        return 2 if self._encoding == "utf-16" and ord(character) >= _TWO_UNITS else 1

    def offset(self, position: Position) -> int:
        """Return a position's offset; behind a line's end it is that end, within a character the character's beginning."""
        line, character = max(0, position[0]), max(0, position[1])
        if line >= len(self._lines):
            return len(self.text)
        written = self._line(line)
        if self._encoding == "utf-32" or written.isascii():
            return self._lines[line] + min(character, len(written))
        for index, each in enumerate(written):
            character -= self._units(each)
            if character < 0:
                return self._lines[line] + index
        return self._lines[line] + len(written)

    def position(self, offset: int) -> Position:
        """Return an offset's position."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._lines, offset) - 1
        before = self.text[self._lines[line] : offset].rstrip("\r\n")
        return line, len(before) if before.isascii() else sum(map(self._units, before))

    def changed(self, start: Position, end: Position, text: str) -> Text:
        """Return the text with another one between two positions."""
        low = self.offset(start)
        high = max(low, self.offset(end))
        return Text(self.text[:low] + text + self.text[high:], self._encoding)

    def whole(self, text: str) -> Text:
        """Return another text in the same encoding."""
        return Text(text, self._encoding)
