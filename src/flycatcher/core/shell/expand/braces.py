"""Brace expansion (bash manual 3.5.1): before every other expansion, and only by unquoted braces."""

from __future__ import annotations

import itertools
import re

from flycatcher.core.regex import lazy
from flycatcher.core.shell.syntax.nodes import Lit, Part, Word

MAX_WORDS = 1024
MAX_PIECES = 1000
_SEQUENCE = lazy(
    r"(-?[0-9]{1,18})\.\.(-?[0-9]{1,18})(?:\.\.(-?[0-9]{1,18}))?|([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?[0-9]{1,18}))?"
)

Piece = str | Part
"""One unquoted character, or a part that braces do not look into."""


def expand_braces(word: Word) -> list[Word]:
    """Return the words that a word's braces make of it; the word itself where there are none."""
    if not any(isinstance(part, Lit) and not part.quoted and "{" in part.text for part in word.parts):
        return [word]
    pieces: list[Piece] = []
    for part in word.parts:
        if isinstance(part, Lit) and not part.quoted:
            pieces.extend(part.text)
        else:
            pieces.append(part)
    if len(pieces) > MAX_PIECES:
        return [word]
    results = _expand(pieces, 0)
    if len(results) == 1 and len(results[0]) == len(pieces):
        return [word]
    return [Word(_join(result), word.start, word.end) for result in results]


def _join(pieces: list[Piece]) -> list[Part]:
    parts: list[Part] = []
    for piece in pieces:
        if not isinstance(piece, str):
            parts.append(piece)
        elif parts and isinstance(parts[-1], Lit) and not parts[-1].quoted:
            parts[-1].text += piece
        else:
            parts.append(Lit(piece))
    return parts


def _expand(pieces: list[Piece], depth: int) -> list[list[Piece]]:
    """Expand the first brace expression, and what stands before, in and after it."""
    if depth > 12:
        return [pieces]
    at = 0
    while at < len(pieces):
        if pieces[at] == "{" and (found := _alternatives(pieces, at)):
            choices, end = found
            heads = [inner for choice in choices for inner in _expand(choice, depth + 1)]
            tails = _expand(pieces[end:], depth + 1)
            if len(heads) * len(tails) > MAX_WORDS:
                return [pieces]
            return [[*pieces[:at], *head, *tail] for head in heads for tail in tails]
        at += 1
    return [pieces]


def _alternatives(pieces: list[Piece], at: int) -> tuple[list[list[Piece]], int] | None:
    """Return the choices of the brace expression at a position and where it ends, None if it is none."""
    level, start = 0, at + 1
    commas: list[int] = []
    for index in range(at, len(pieces)):
        piece = pieces[index]
        if piece == "{":
            level += 1
        elif piece == "," and level == 1:
            commas.append(index)
        elif piece == "}":
            level -= 1
            if level == 0:
                if not commas:
                    return _sequence(pieces[start:index], index + 1)
                edges = [at, *commas, index]
                return [pieces[low + 1 : high] for low, high in itertools.pairwise(edges)], index + 1
    return None


def _sequence(inside: list[Piece], end: int) -> tuple[list[list[Piece]], int] | None:
    """Read ``1..5``, ``a..e``, ``01..10..2``."""
    if not all(isinstance(piece, str) for piece in inside):
        return None
    match = _SEQUENCE.fullmatch("".join(map(str, inside)))
    if match is None:
        return None
    if match[4]:
        low, high, width = ord(match[4]), ord(match[5]), 0
        step = abs(int(match[6] or 1)) or 1
    else:
        low, high = int(match[1]), int(match[2])
        step = abs(int(match[3] or 1)) or 1
        padded = any(re.match(r"-?0[0-9]", text) for text in (match[1], match[2]))
        width = max(len(match[1]), len(match[2])) if padded else 0
    if abs(high - low) // step > MAX_WORDS:
        return None
    values = range(low, high + 1, step) if low <= high else range(low, high - 1, -step)
    return [list(chr(value) if match[4] else f"{value:0{width}d}") for value in values], end
