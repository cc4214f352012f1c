"""A layer's text as the parsers see it, and the way back from byte offsets to characters."""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import cached_property

from flycatcher.core.payload.model import Limits


class Source:
    """Text, cut to the first ``limit`` bytes for the parsers."""

    def __init__(self, text: str, limit: int, parsing: int = Limits().parsing) -> None:
        """Keep ``text``; ``data`` is its first ``limit`` bytes, ``head`` the same part as text.

        ``parsing`` is the work that a grammar's parser may still take (:class:`~flycatcher.core.payload.model.Limits`).
        """
        self.parsing = parsing
        self.text = text
        data = os.fsencode(_encodable(text))
        self.whole = len(data) <= limit
        self.data = data if self.whole else data[:limit]
        self.ascii = text.isascii()
        self.head = text if self.whole else os.fsdecode(self.data)
        self.rest = "" if self.whole else os.fsdecode(data[limit:])

    def cut(self, limit: int) -> None:
        """Keep fewer bytes for the parsers."""
        everything = os.fsencode(_encodable(self.text))
        self.data = self.data[:limit]
        self.whole = False
        self.head, self.rest = os.fsdecode(self.data), os.fsdecode(everything[limit:])
        self.__dict__.pop("_blocks", None)

    def char(self, offset: int) -> int:
        """Return the character offset of byte ``offset``."""
        if self.ascii:
            return min(offset, len(self.text))
        block = bisect_right(self._blocks[0], offset) - 1
        start = self._blocks[0][block]
        return min(self._blocks[1][block] + len(os.fsdecode(self.data[start:offset])), len(self.text))

    def byte(self, at: int) -> int:
        """Return the byte offset of character ``at`` of :attr:`head`."""
        if self.ascii:
            return at
        block = bisect_right(self._blocks[1], at) - 1
        start = self._blocks[1][block]
        return self._blocks[0][block] + len(os.fsencode(self.head[start:at]))

    @cached_property
    def _blocks(self) -> tuple[list[int], list[int]]:
        """Byte offset and character offset of about every 1 KiB, always at a character's first byte."""
        places, characters, at, count = [0], [0], 0, 0
        while at + 1024 < len(self.data):
            following = at + 1024
            while following > at + 1020 and self.data[following] & 0xC0 == 0x80:  # a continuation byte
                following -= 1
            count += len(os.fsdecode(self.data[at:following]))
            at = following
            places.append(at)
            characters.append(count)
        return places, characters

    def line_starts(self) -> list[int]:
        r"""Byte offsets of line starts as Python's tokenizer counts lines: after ``\n``, ``\r\n`` and a lone ``\r``."""
        starts, data, at = [0], self.data, 0
        if b"\r" not in data:
            while (at := data.find(b"\n", at) + 1) > 0:
                starts.append(at)
            return starts
        for index, byte in enumerate(data):
            if byte == 0x0A or (byte == 0x0D and data[index + 1 : index + 2] != b"\n"):
                starts.append(index + 1)
        return starts


def _encodable(text: str) -> str:
    """Replace the surrogates that no file system name can hold (halves of UTF-16 pairs in decoded layers)."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" and not "\udc80" <= c <= "\udcff" else c for c in text)
    return text
