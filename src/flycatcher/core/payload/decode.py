"""Decoders over constants: every one bounded, none of them running anything.

Each takes text or bytes and returns text or bytes; they raise ValueError (or a subclass) on what they cannot read.
"""

from __future__ import annotations

import binascii
import codecs
import re
import zlib
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.core.payload.evaluator.values import Constant

MAX_DECODED = 2 * 1024 * 1024
"""Bytes that one decoder gives back at most; a bomb ends here."""

Data = str | bytes


class UndecodableError(ValueError):
    """The text is not what the decoder reads, or the result is too large."""


def octets(data: Data) -> bytes:
    """Return text as bytes: Latin-1 where it fits (the way strings of bytes are written), else UTF-8."""
    if isinstance(data, bytes):
        return data
    try:
        return data.encode("latin-1")
    except UnicodeEncodeError:
        return data.encode("utf-8", "surrogateescape")


def unbase64(data: Data) -> bytes:
    """Base64 as lenient decoders read it: the URL alphabet too, other bytes skipped, padding optional."""
    raw = octets(data).translate(None, b" \t\r\n")
    raw = raw.replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    if len(raw) % 4 == 1:
        raw = raw[:-1]
    return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))


def unbase32(data: Data) -> bytes:
    """RFC 4648 base32."""
    import base64  # noqa: PLC0415 - what only few texts need

    return base64.b32decode(octets(data).strip(), casefold=True)


def unbase85(data: Data) -> bytes:
    """Python's and git's base85."""
    import base64  # noqa: PLC0415 - what only few texts need

    return base64.b85decode(octets(data).strip())


def unascii85(data: Data) -> bytes:
    """Ascii85, with or without the Adobe frame."""
    import base64  # noqa: PLC0415 - what only few texts need

    raw = octets(data).strip()
    return base64.a85decode(raw, adobe=raw.startswith(b"<~"))


def unhex(data: Data) -> bytes:
    """Hexadecimal digits; blanks between them are skipped."""
    return binascii.unhexlify(re.sub(rb"[\s:]", b"", octets(data)))


def unuu(data: Data) -> bytes:
    """Uuencoded lines, without the ``begin`` frame (Perl's and Ruby's ``u``)."""
    lines = octets(data).splitlines()[:65_536]
    return b"".join(binascii.a2b_uu(line) for line in lines if line and not line.startswith((b"begin ", b"end")))


def unquoted_printable(data: Data) -> bytes:
    """RFC 2045 quoted-printable."""
    return binascii.a2b_qp(octets(data))


def rot13(data: Data) -> str:
    """Letters turned by 13."""
    text = data if isinstance(data, str) else data.decode("latin-1")
    return codecs.encode(text, "rot_13")


def unurl(data: Data) -> str:
    """%XX escapes."""
    import urllib.parse  # noqa: PLC0415 - what only few texts need

    text = data if isinstance(data, str) else data.decode("latin-1")
    return urllib.parse.unquote(text, errors="surrogateescape")


def unurl_plus(data: Data) -> str:
    """%XX escapes, and plus for blank."""
    return unurl((data if isinstance(data, str) else data.decode("latin-1")).replace("+", " "))


def unhtml(data: Data) -> str:
    """HTML character references."""
    import html  # noqa: PLC0415 - what only few texts need

    return html.unescape(data if isinstance(data, str) else data.decode("latin-1"))


def unescape_text(data: Data) -> str:
    r"""Backslash escapes as Python, JavaScript and C write them (``\x41``, ``\u0041``, ``\101``, ``\n``)."""
    text = data if isinstance(data, str) else data.decode("latin-1")
    return _ESCAPE.sub(_escape, text)


_ESCAPE = lazy(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u\{([0-9A-Fa-f]{1,6})\}|x\{([0-9A-Fa-f]{1,6})\}|"
    r"u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|(.))",
    re.DOTALL,
)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "\n": ""}


def _escape(match: re.Match[str]) -> str:
    for group in (1, 2, 3, 4, 5):
        if match[group]:
            point = int(match[group], 16)
            return chr(point) if point < 0x110000 else ""
    if match[6]:
        return chr(int(match[6], 8) & 0xFF)
    return _SIMPLE.get(match[7], match[7])


def inflate_zlib(data: Data) -> bytes:
    """Zlib stream."""
    return _drain(zlib.decompressobj(), octets(data))


def inflate_raw(data: Data) -> bytes:
    """Raw deflate stream."""
    return _drain(zlib.decompressobj(-15), octets(data))


def gunzip(data: Data) -> bytes:
    """Gzip member."""
    return _drain(zlib.decompressobj(31), octets(data))


def inflate_any(data: Data) -> bytes:
    """Zlib, gzip or raw deflate, whichever it is."""
    raw = octets(data)
    return _drain(zlib.decompressobj(47), raw) if raw[:1] in (b"\x78", b"\x1f") else inflate_raw(raw)


def bunzip(data: Data) -> bytes:
    """Bzip2 stream."""
    import bz2  # noqa: PLC0415 - what only few texts need

    try:
        return _fits(bz2.BZ2Decompressor().decompress(octets(data), MAX_DECODED + 1))
    except (OSError, EOFError) as error:
        raise UndecodableError(str(error)) from None


def unlzma(data: Data) -> bytes:
    """.xz or .lzma stream; the memory of the decompressor is capped at 64 MiB."""
    import lzma  # noqa: PLC0415 - what only few texts need

    try:
        engine = lzma.LZMADecompressor(memlimit=64 * 1024 * 1024)
        return _fits(engine.decompress(octets(data), MAX_DECODED + 1))
    except (lzma.LZMAError, EOFError) as error:
        raise UndecodableError(str(error)) from None


def _drain(engine: Constant, raw: bytes) -> bytes:
    try:
        return _fits(engine.decompress(raw, MAX_DECODED + 1))
    except zlib.error as error:
        raise UndecodableError(str(error)) from None


def _fits(data: bytes) -> bytes:
    if len(data) > MAX_DECODED:
        raise UndecodableError("larger than a layer may be")
    return data


def backwards(data: Constant) -> Constant:
    """Reversed text, bytes or list."""
    return data[::-1]


def xor_key(data: Data, key: Data) -> bytes:
    """XOR with a repeated key."""
    raw, pad = octets(data), octets(key)
    if not pad:
        raise UndecodableError("empty key")
    return bytes(byte ^ pad[index % len(pad)] for index, byte in enumerate(raw))


BY_CODEC: dict[str, tuple[Callable[[Data], Data], str]] = {
    "base64": (unbase64, "base64"),
    "hex": (unhex, "hex"),
    "rot13": (rot13, "rot13"),
    "zlib": (inflate_any, "zlib"),
    "zip": (inflate_any, "zlib"),
    "bz2": (bunzip, "bz2"),
    "uu": (unuu, "uuencode"),
    "quopri": (unquoted_printable, "quoted-printable"),
    "unicodeescape": (unescape_text, "escapes"),
    "stringescape": (unescape_text, "escapes"),
    "rawunicodeescape": (unescape_text, "escapes"),
    "escapedecode": (unescape_text, "escapes"),
    "utf16": (lambda d: octets(d).decode("utf-16", "surrogateescape"), "utf-16"),
    "utf16le": (lambda d: octets(d).decode("utf-16-le", "replace"), "utf-16"),
    "utf32": (lambda d: octets(d).decode("utf-32", "replace"), "utf-32"),
    "utf7": (lambda d: octets(d).decode("utf-7", "replace"), "utf-7"),
}
"""Codec names (letters and digits only, lower case, without ``codec``) that change what a text says."""


def codec(name: str) -> tuple[Callable[[Data], Data], str] | None:
    """Return the decoder that a codec name asks for, None for plain character sets."""
    key = re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("codec")
    return BY_CODEC.get(key)
