"""Text of unknown origin, made fit for a terminal or a log line."""

from __future__ import annotations

import unicodedata

from flycatcher.core.unknown import UNKNOWN

_PLAIN = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str) -> str:
    """Return text with every control, format, bidirectional, surrogate or unassigned character as an escape.

    No escape sequence gets through to a terminal, no newline to a log, and what looks empty shows.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) for c in text)


def readable(text: str) -> str:
    """Return text for people: what the file does not tell shows as ``<?>``."""
    return visible(text.replace(UNKNOWN, "<?>"))


def _escape(character: str) -> str:
    """Return one character, escaped as Python writes it where it would not be seen."""
    if character.isprintable() and unicodedata.category(character) not in _HIDDEN:
        return character
    if character in _PLAIN:
        return _PLAIN[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
