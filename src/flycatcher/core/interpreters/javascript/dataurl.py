"""``data:`` URLs as JavaScript runtimes read them: the program's text stands in the URL itself.

Source: WHATWG URL (opaque paths), RFC 2397, and the module loaders of Node.js, Deno and Bun.
"""

from __future__ import annotations

import base64
import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_HEAD = re.compile(r"([^/,]+/[^;,]+)([^,]*),(.*)", re.DOTALL)
_TRIM = "".join(map(chr, range(33)))
_DROPPED = dict.fromkeys(map(ord, "\t\n\r"))
_SYMBOL = re.compile(rb"[^A-Za-z0-9+/]")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_LANGUAGES = {
    "text/javascript": "javascript",
    "application/javascript": "javascript",
    "text/typescript": "typescript",
    "application/typescript": "typescript",
    "text/jsx": "javascript",
    "text/tsx": "typescript",
    "application/wasm": "wasm",
}
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class Data(NamedTuple):
    """What a ``data:`` URL holds."""

    media_type: str
    text: str
    """Decoded; bytes that are no UTF-8 stand as surrogate escapes."""

    @property
    def language(self) -> str:
        """Return the program's language by its media type; empty where module loaders take it for data, or refuse it."""
        return _LANGUAGES.get(self.media_type, "")


def normal(word: str) -> str:
    """Return a URL without what every URL parser drops: outer spaces and controls, and tabs and newlines within."""
    return word.strip(_TRIM).translate(_DROPPED)


def decode(word: str) -> Data | None:
    """Return what a ``data:`` URL holds, None for any other word.

    The fragment is no part of the text. The query is (WHATWG Fetch, data: URL processor), but for Node.js before 22, which
    also takes ``;base64`` in no other spelling than this.
    """
    url = normal(word)
    if url[:5].lower() != "data:":
        return None
    match = _HEAD.match(url[5:].partition("#")[0])
    if match is None:
        return Data("", "")
    media_type = match[1].strip().lower()
    parameter = match[2].rpartition(";")[2]
    if parameter.strip().lower() == "base64":
        coded = unquote_to_bytes(match[3].partition("?")[0].encode("utf-8", "surrogateescape"))
        if parameter == "base64" or _is_base64(coded):
            return Data(media_type, _unbase64(coded).decode("utf-8", "surrogateescape"))
    body = unquote_to_bytes(match[3].encode("utf-8", "surrogateescape"))
    return Data(media_type, body.decode("utf-8", "surrogateescape"))


def _is_base64(body: bytes) -> bool:
    """Whether a text is base64, blanks aside (WHATWG Infra, forgiving-base64 decode)."""
    return _BASE64.fullmatch(b"".join(body.split())) is not None


def _unbase64(body: bytes) -> bytes:
    """Decode leniently, as JavaScript's runtimes do: other characters are skipped, padding ends the text."""
    symbols = _SYMBOL.sub(b"", body.partition(b"=")[0].translate(_URL_SAFE))
    symbols = symbols[: len(symbols) - (len(symbols) % 4 == 1)]
    return base64.b64decode(symbols + b"=" * (-len(symbols) % 4))
