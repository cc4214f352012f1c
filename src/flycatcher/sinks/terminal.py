"""Payload text made harmless for terminals and logs: no escape sequence, no control character, no hidden direction.

Sources: ECMA-48 (C0, C1, ESC), Unicode UAX #9 (directional formatting characters), UTS #39 and CVE-2021-42574.
"""

from __future__ import annotations

import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""General categories that are shown as escapes: control, format (all bidi marks), surrogate, private, unassigned, separators."""


def neutral(text: str, limit: int = 0) -> str:
    """Return one printable line; what is not printable becomes ``\\n``, ``\\x1b``, ``\\u202e``; cut at ``limit`` characters."""
    cut = 0 < limit < len(text)
    if cut:
        text = text[:limit]
    if not (text.isascii() and text.isprintable()):
        text = "".join(character if _plain(character) else _escape(character) for character in text)
    return text + "…" if cut else text


def _plain(character: str) -> bool:
    """Tell whether a character may reach a terminal as it is."""
    return unicodedata.category(character) not in HIDDEN


def _escape(character: str) -> str:
    """Write a character in the way of Python's literals; a surrogate escape as the byte that it stands for."""
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\x{number - 0xDC00:02x}"
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character) or (
        f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
    )
