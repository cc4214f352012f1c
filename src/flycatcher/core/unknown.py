"""Marks inside text for what written text does not tell."""

from __future__ import annotations

import re

UNKNOWN = "\U000f0000"
"""Stands in a word for text of any length that is not known: the value of ``$VAR``, the output of a program.

One private-use character, so that slices and patterns treat it as one unknown character and spans stay spans.
"""

LIKELY = "\udc01"
"""A lone surrogate that no byte decodes to, so that no text holds it by itself. Goes before text that is
likely but not certain (a value that one of two branches sets). Never leaves the core."""

DECODED = "\udc02"
"""A lone surrogate that goes before text which a program decoded (``base64 -d``). Never leaves the core."""

_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Surrogates that stand for no byte."""

MAX_VALUE = 1 << 18
"""Characters that a variable, a word or a computed output may hold; what is longer becomes a hole."""


def bounded(text: str) -> str:
    """Return the text, or a hole where it grew beyond all reason (``x=$x$x`` in a loop)."""
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE // 2] + UNKNOWN


def strip_marks(text: str) -> str:
    """Return the text without the marks of guessing and decoding."""
    if text.isascii():
        return text
    text = text.replace(LIKELY, "") if LIKELY in text else text
    return text.replace(DECODED, "") if DECODED in text else text


def likely(text: str) -> str:
    """Return the text marked as likely but not certain."""
    return LIKELY + strip_marks(text)


def unsure(text: str) -> bool:
    """Tell whether some of the text is not known for certain."""
    return UNKNOWN in text or LIKELY in text


def to_bytes(text: str) -> bytes:
    """Return the bytes the text stands for (UTF-8, surrogate escapes for what is not)."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return _LONE.sub("\ufffd", text).encode("utf-8", "surrogateescape")


def from_bytes(data: bytes) -> str:
    """Return text from which :func:`to_bytes` gives the same bytes back."""
    return data.decode("utf-8", "surrogateescape")


def normal(text: str) -> str:
    r"""Join surrogate escapes that together are valid UTF-8 (``$'\xc3'$'\xa9'`` is one character)."""
    if text.isascii():
        return text
    try:
        return from_bytes(to_bytes(text))
    except UnicodeEncodeError:
        return text
