"""Text taken out of a file that still knows where each of its characters stands in that file.

A YAML block scalar loses its indentation, a JSON string its escapes, a Dockerfile its continuations: what an interpreter gets is
not what the file says. :class:`Located` keeps both: ``text`` and, for every offset into it, the offset into the file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

NUL = re.compile("\0+|\r\n")
"""What a shell leaves out of its text."""


class Segment(NamedTuple):
    """``length`` characters of text at ``at`` that stand for file[start:end].

    Verbatim where ``length == end - start``: then each character has its own place; else all share the one span.
    """

    at: int
    length: int
    start: int
    end: int


class Located:
    """A text and its segments, in the order of the text."""

    __slots__ = ("_starts", "segments", "text")

    def __init__(self, text: str, segments: list[Segment]) -> None:
        """Keep text and segments; the segments cover the text without gaps."""
        self.text = text
        self.segments = segments
        self._starts = [segment.at for segment in segments]

    def start(self, offset: int) -> int:
        """Return the file offset at which the character at ``offset`` begins (the end of the text: where it ends)."""
        if not self.segments:
            return 0
        if offset >= len(self.text):
            return self.segments[-1].end
        segment = self.segments[max(0, bisect_right(self._starts, offset) - 1)]
        if segment.length == segment.end - segment.start:
            return segment.start + offset - segment.at
        return segment.start

    def end(self, offset: int) -> int:
        """Return the file offset behind the character before ``offset``: where a span that ends here ends."""
        if not self.segments or offset <= 0:
            return self.start(0)
        segment = self.segments[max(0, bisect_right(self._starts, offset - 1) - 1)]
        if segment.length == segment.end - segment.start:
            return segment.start + min(offset - segment.at, segment.length)
        return segment.end

    def part(self, start: int, end: int) -> Located:
        """Return the text from ``start`` to ``end``, with its places."""
        builder = Builder()
        builder.take(self, start, end)
        return builder.done()

    def strip(self) -> Located:
        """Return the text without the white space around it."""
        text = self.text
        start = len(text) - len(text.lstrip())
        return self.part(start, max(start, len(text.rstrip())))

    def lines(self) -> list[Located]:
        r"""Return the lines, each without its ``\n``."""
        out, at = [], 0
        for line in self.text.split("\n"):
            out.append(self.part(at, at + len(line)))
            at += len(line) + 1
        return out


class Builder:
    """Puts a located text together."""

    __slots__ = ("_length", "_segments", "_texts")

    def __init__(self) -> None:
        """Begin with nothing."""
        self._texts: list[str] = []
        self._segments: list[Segment] = []
        self._length = 0

    def __len__(self) -> int:
        """Return how many characters there are so far."""
        return self._length

    def put(self, text: str, start: int, end: int) -> None:
        """Add text that stands for file[start:end]; verbatim where the lengths agree."""
        if not text:
            return
        last = self._segments[-1] if self._segments else None
        if last and last.end == start and last.length == last.end - last.start and len(text) == end - start:
            self._segments[-1] = last._replace(length=last.length + len(text), end=end)
        else:
            self._segments.append(Segment(self._length, len(text), start, end))
        self._texts.append(text)
        self._length += len(text)

    def take(self, source: Located, start: int = 0, end: int | None = None) -> None:
        """Add a part of another located text as it is."""
        end = len(source.text) if end is None else min(end, len(source.text))
        if start >= end:
            return
        index = max(0, bisect_right([s.at for s in source.segments], start) - 1) if len(source.segments) > 1 else 0
        for segment in source.segments[index:]:
            low, high = max(start, segment.at), min(end, segment.at + segment.length)
            if low >= high:
                break
            text = source.text[low:high]
            if segment.length == segment.end - segment.start:
                self.put(text, segment.start + low - segment.at, segment.start + high - segment.at)
            else:
                self.put(text, segment.start, segment.end)

    def replace(self, source: Located, start: int, end: int, text: str) -> None:
        """Add ``text`` in the place of ``source[start:end]``; one character never counts as verbatim of another."""
        low, high = source.start(start), source.end(end)
        if len(text) == high - low and len(text) > 1:
            for character in text[:-1]:
                self._join(character, low, high)
            self._join(text[-1], low, high)
        else:
            self._join(text, low, high)

    def _join(self, text: str, start: int, end: int) -> None:
        """Add a segment that nothing is merged into."""
        if text:
            self._segments.append(Segment(self._length, len(text), start, end))
            self._texts.append(text)
            self._length += len(text)

    def done(self) -> Located:
        """Return what was put together."""
        return Located("".join(self._texts), self._segments)


def whole(text: str) -> Located:
    """Return a file's own text as a located one."""
    return Located(text, [Segment(0, len(text), 0, len(text))] if text else [])


def between(text: str, start: int, end: int) -> Located:
    r"""Return file[start:end], with every ``\r\n`` as one ``\n``."""
    builder = Builder()
    at = start
    while at < end:
        stop = text.find("\r\n", at, end)
        if stop < 0:
            builder.put(text[at:end], at, end)
            break
        builder.put(text[at:stop], at, stop)
        builder.put("\n", stop, stop + 2)
        at = stop + 2
    return builder.done()


def without_nul(text: str, dropped: re.Pattern[str] = NUL) -> Located:
    r"""Return a file's own text without its NUL bytes, with every ``\r\n`` as one ``\n``."""
    builder, at = Builder(), 0
    for match in dropped.finditer(text):
        builder.put(text[at : match.start()], at, match.start())
        at = match.end()
        if match[0] == "\r\n":
            builder.put("\n", match.start(), match.end())
    builder.put(text[at:], at, len(text))
    return builder.done()


def unplaced(text: str) -> Located:
    """Return text that stands nowhere: what a reference expands to before it is given the reference's place."""
    return Located(text, [Segment(0, len(text), -1, -1)] if text else [])
