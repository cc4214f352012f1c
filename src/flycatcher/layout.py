"""Lines on a terminal: how wide it is, whether it shows colour, and text that is wrapped at words or cut to a window.

Text comes in escaped (:mod:`flycatcher.terminal`); the only escape sequences in it are the styles that a format put there.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from typing import IO

import click

NARROWEST, WIDEST = 40, 200
"""Columns between which lines are fitted to the terminal."""
ELLIPSIS = "…"
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_PIECES = re.compile(r" +|[^ ]+")
_GLYPHS = re.compile(r"\x1b\[[0-9;]*m|.", re.DOTALL)
_GUTTER = re.compile(r" *(?:\d+ )?\| ")
_LABEL = re.compile(r" *(?:[+-]\d+|[a-z]+:|-|\d+\.) +")
_BESIDE = 8
"""Columns that a window leaves around the place that it was moved to, or more before it."""


def colours(stream: IO[str]) -> bool:
    """Whether text written to a stream may be coloured: a terminal that is not a dumb one, and no ``NO_COLOR`` (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in {"dumb", "unknown"}


def columns(stream: IO[str]) -> int:
    """Return how wide the lines written to a stream may be: a terminal's width (``COLUMNS`` first); 0 is any width.

    What goes to a file or a program stays one line each, whatever ``COLUMNS`` says.
    """
    try:
        if not stream.isatty():
            return 0
        import shutil  # noqa: PLC0415 - brings every archive format along

        return fitting(shutil.get_terminal_size((0, 0)).columns or os.get_terminal_size(stream.fileno()).columns)
    except (OSError, ValueError):
        return 0


REWRITTEN = "\r\x1b[K"
"""What takes away the line that the cursor stands in (ECMA-48, EL)."""


def rewritten(text: str, stream: IO[str]) -> str:
    """Return what puts a text in the place of the line that the cursor stands in: cut, since a line that wraps is two."""
    width = columns(stream)
    return REWRITTEN + (text[: width - 1] if width else text)


def fitting(width: int) -> int:
    """Return a terminal's width as lines are fitted to it."""
    return min(max(width, NARROWEST), WIDEST)


def echo(line: str, *, err: bool = False) -> None:
    """Print a line to stdout, wrapped where that is a terminal; click leaves the styles out where they are not wanted."""
    for part in wrapped(line, columns(sys.stderr if err else sys.stdout)):
        click.echo(part, err=err)


def say(text: str) -> None:
    """Write a message of ours to stderr, wrapped where that is a terminal."""
    sys.stderr.write("".join(f"{line}\n" for line in wrapped(f"flycatcher: {text}", columns(sys.stderr))))
    sys.stderr.flush()


def cells(text: str) -> int:
    """Return a text's width in terminal columns; styles have none."""
    if "\x1b" in text:
        text = _STYLE.sub("", text)
    return len(text) if text.isascii() else sum(map(_cell, text))


def wrapped(line: str, width: int) -> list[str]:
    """Return a line as lines of at most ``width`` columns (0: any), broken at words, the later ones indented below the first."""
    if not width or cells(line) <= width:
        return [line]
    hang = _hang(line, width)
    lines, current = [], ""
    for word in _PIECES.findall(line):
        piece = word
        if cells(current) + cells(piece) > width:
            if cells(current) > cells(hang) or piece.isspace():
                lines.append(current.rstrip(" "))
                current = hang
            if piece.isspace():
                continue
            while cells(current) + cells(piece) > width:
                head, piece = _split(piece, width - cells(current))
                lines.append(current + head)
                current = hang
        current += piece
    return [*lines, current] if current.strip(" ") != hang.strip(" ") or current == line else lines


def window(text: str, start: int, width: int) -> str:
    """Return the ``width`` columns of a text from column ``start`` on, with an ellipsis where something is cut off."""
    total = cells(text)
    if not start and total <= width:
        return text
    shown, at = "", 0
    for character in text:
        size = _cell(character)
        if at >= start + bool(start) and at + size <= start + width - (total > start + width):
            shown += character
        at += size
    return (ELLIPSIS if start else "") + shown + (ELLIPSIS if total > start + width else "")


def window_start(low: int, high: int, width: int) -> int:
    """Return the column from which a window of ``width`` columns shows what lies between two columns, or its beginning."""
    return 0 if high <= width or low < width // 2 else max(0, min(low - _BESIDE, high + _BESIDE - width))


def _cell(character: str) -> int:
    """Return the columns of one character."""
    return 0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")


def _hang(line: str, width: int) -> str:
    """Return what later lines begin with: the gutter of numbered text, the place below a label's text, or two columns more."""
    bare = _STYLE.sub("", line)
    if gutter := _GUTTER.match(bare):
        return re.sub(r"\d", " ", gutter[0])
    label = _LABEL.match(bare)
    indent = len(label[0]) if label else len(bare) - len(bare.lstrip(" ")) + 2
    return " " * (indent if indent <= width // 2 else 2)


def _split(piece: str, room: int) -> tuple[str, str]:
    """Cut a word that no line can hold; at least one character goes."""
    taken, used = "", 0
    for glyph in _GLYPHS.findall(piece):
        size = cells(glyph)
        if used and used + size > room:
            break
        taken, used = taken + glyph, used + size
    return taken, piece[len(taken) :]
