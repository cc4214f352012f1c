"""PHP's stream filters, as far as text is read through them: ``php://filter/read=A|B/resource=URL``.

Source: ext/standard/php_fopen_wrapper.c (php_stream_apply_filter_list), ext/standard/filters.c, ext/zlib/zlib_filter.c; checked
with php 8.2.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
import zlib
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 1 << 22
"""Bytes that a filter may make: what is compressed can be small and become large."""
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def filtered(text: str | None, filters: str) -> str | None:
    """Return what is read through the filters that stand before ``/resource=``; None where it cannot be told."""
    if text is None:
        return None
    data: bytes | None = text.encode("utf-8", "surrogateescape")
    for part in filters.split("/")[1:]:
        sign, names = _direction(part)
        for name in names.split("|") if sign else ():
            if data is not None and name:
                data = _apply(unquote(name).lower(), data)
    return None if data is None else data.decode("utf-8", "surrogateescape")


def _direction(part: str) -> tuple[bool, str]:
    """Whether a list of filters is for reading, and return the list."""
    lower = part.lower()
    if lower.startswith("write="):
        return False, ""
    return True, part[5:] if lower.startswith("read=") else part


def _apply(name: str, data: bytes) -> bytes | None:
    """Apply one filter; one that PHP does not know is passed over with a warning."""
    known = _FILTERS.get(name)
    if known is not None:
        return known(data)
    return None if name.startswith(_ELSE) else data


_ELSE = ("convert.", "zlib.", "bzip2.", "mcrypt.", "mdecrypt.", "dechunk", "string.strip_tags", "openssl.")
"""Filters that PHP has, or once had, and that are not followed here."""


def _unbase64(data: bytes) -> bytes | None:
    """Decode leniently: the filter skips characters outside the base64 alphabet."""
    letters = _NOT_BASE64.sub(b"", data.partition(b"=")[0])
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))


def _inflate(data: bytes) -> bytes | None:
    """Undo raw deflation, up to :data:`_LONGEST` bytes."""
    try:
        return zlib.decompressobj(-15).decompress(data, _LONGEST)
    except zlib.error:
        return None


def _unquote_printable(data: bytes) -> bytes | None:
    """Undo quoted-printable."""
    try:
        return quopri.decodestring(data)
    except (ValueError, binascii.Error):
        return None


_FILTERS: dict[str, Callable[[bytes], bytes | None]] = {
    "string.rot13": lambda data: codecs.encode(data.decode("latin-1"), "rot13").encode("latin-1"),
    "string.toupper": bytes.upper,
    "string.tolower": bytes.lower,
    "convert.base64-decode": _unbase64,
    "convert.base64-encode": base64.b64encode,
    "convert.quoted-printable-decode": _unquote_printable,
    "convert.iconv.utf-8.utf-8": lambda data: data,
    "convert.iconv.utf-8/utf-8": lambda data: data,
    "zlib.inflate": _inflate,
    "consumed": lambda data: data,
}
