r"""Finds program text in the text that quoting made it from: ``print "x"`` in ``print \"x\"``, with ``$NAME`` for a hole."""

from __future__ import annotations

from flycatcher.core.shell import UNKNOWN

STARTS = 200
"""Places that are tried."""
LENGTH = 8000
"""Characters of program text that are looked for."""
_SKIPPED = frozenset("\\'\"`$\r")
_BLANK = frozenset(" \t\n\r")
MAX_SKIP = 3
MAX_HOLE = 300
_NEXT = 4


def aligned(source: str, text: str, low: int, high: int) -> tuple[int, int] | None:
    """Return the offsets in ``source[low:high]`` of the source that evaluates to ``text``, None where there is none."""
    wanted = text.strip(" \t\r\n" + UNKNOWN)
    if len(wanted) < _NEXT or len(wanted) > LENGTH:
        return None
    at = low - 1
    for _ in range(STARTS):
        at = source.find(wanted[0], at + 1, high)
        if at < 0:
            return None
        end = _end(source, wanted, at, high)
        if end is not None:
            return at, end
    return None


def _end(source: str, wanted: str, at: int, high: int) -> int | None:
    """Read both side by side; return where the source ends, None where they part."""
    index = skipped = 0
    while index < len(wanted):
        char = wanted[index]
        if char == UNKNOWN:
            following = wanted[index + 1 : index + 1 + _NEXT].partition(UNKNOWN)[0].strip()
            found = source.find(following, at, min(high, at + MAX_HOLE)) if following else at
            if found < 0:
                return None
            index, at = index + 1, found
        elif char in _BLANK:
            index += 1
        elif at >= high:
            return None
        elif source[at] == char:
            index, at, skipped = index + 1, at + 1, 0
        elif source[at] in _BLANK:
            at += 1
        elif source[at] in _SKIPPED and skipped < MAX_SKIP:
            at, skipped = at + 1, skipped + 1
        else:
            return None
    return at
