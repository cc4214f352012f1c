"""Text in letters that show as nothing, and what it says.

Variation selectors stand for bytes: U+FE00 to FE0F for 0 to 15, U+E0100 to E01EF for 16 to 255. Tags (U+E0020 to E007E) are ASCII
moved up. Zero-width letters are bits, the lower of two for 0. One selector behind an emoji or a Han character, six tags in a
flag, and one joiner between letters are how these are meant to be used (Unicode 16, chapters 23.4 and 23.9): runs are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUNS = re.compile(
    "(?P<selectors>[\\ufe00-\\ufe0f\\U000e0100-\\U000e01ef]{4,})"
    "|(?P<tags>[\\U000e0000-\\U000e007f]{8,})"
    "|(?P<widthless>[\\u200b-\\u200d\\u2060\\ufeff]{16,})"
)
MOST = 32
"""Runs of one text that are decoded."""
SPELLED = ("invisible letters",)
"""How a text was made that they spell: it only stands there."""


def hidden(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the place of each run of invisible letters, and what it says (empty where that is not known)."""
    if text.isascii():
        return
    for count, match in enumerate(_RUNS.finditer(text)):
        if count >= MOST:
            return
        run = match[0]
        said = _DECODERS[match.lastgroup or ""](run)
        yield match.start(), match.end(), said


def _selectors(run: str) -> str:
    codes = (ord(letter) for letter in run)
    return bytes(code - 0xFE00 if code < 0xE0100 else code - 0xE0100 + 16 for code in codes).decode("utf-8", "replace")


def _tags(run: str) -> str:
    return "".join(chr(ord(letter) - 0xE0000) for letter in run if 0xE0020 <= ord(letter) < 0xE007F)


def _widthless(run: str) -> str:
    """Read two different letters as bits, eight a byte; more than two are no such text."""
    letters = sorted(set(run))
    if len(letters) != 2:
        return ""
    bits = run.replace(letters[0], "0").replace(letters[1], "1")
    data = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))
    return data.decode("utf-8", "replace")


_DECODERS = {"selectors": _selectors, "tags": _tags, "widthless": _widthless}
