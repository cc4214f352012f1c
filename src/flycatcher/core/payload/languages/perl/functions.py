"""Perl's own pure functions. Strings are strings of bytes or characters: decoded bytes become a character each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.folding import byte_values, characters, first, join, pure, text_of
from flycatcher.core.payload.evaluator.operators import percent
from flycatcher.core.payload.evaluator.values import Value
from flycatcher.core.payload.languages.perl.strings import code_blocks
from flycatcher.core.payload.languages.ruby.functions import translate
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.folding import Fold
    from flycatcher.core.payload.evaluator.values import Constant


_SPECIAL = lazy(r"[^\w]")


def _text(data: Constant) -> str:
    return data if isinstance(data, str) else data.decode("latin-1")


def _pack(template: str, *items: Constant) -> str:
    """``pack``: the templates that make text."""
    flat = [part for item in items for part in (item if isinstance(item, list) else [item])]
    kind = template.strip()[:1]
    if kind == "H":
        return decode.unhex(str(flat[0])).decode("latin-1")
    if kind in "Cc":
        return byte_values([int(item) for item in flat]).decode("latin-1")
    if kind in "UW":
        return characters(*flat)
    if kind in "aA":
        return "".join(text_of(item) for item in flat)
    if kind == "B":
        bits = str(flat[0])
        return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)).decode("latin-1")
    raise ValueError(template)


def _unpack(template: str, data: Constant) -> Constant:
    """``unpack``: the templates that decode text."""
    kind = template.strip()[:1]
    if kind == "u":
        return _text(decode.unuu(data))
    if kind == "H":
        return decode.octets(data).hex()
    if kind in "Cc":
        return list(decode.octets(data))
    if kind in "UW":
        return [ord(c) for c in _text(data)]
    if kind in "aA":
        return _text(data)
    raise ValueError(template)


def _join(glue: Constant, *parts: Constant) -> str:
    flat = [text_of(p) for part in parts for p in (part if isinstance(part, list) else [part])]
    return str(join(str(glue), flat))


def _reverse(*parts: Constant) -> Constant:
    if len(parts) == 1:
        return parts[0][::-1] if isinstance(parts[0], (str, list)) else str(parts[0])[::-1]
    return list(parts)[::-1]


def _substr(text: str, start: int, length: int | None = None, *_new: Constant) -> str:
    piece = text[start:]
    return piece if length is None else piece[:length]


def _chr(*code: Constant) -> str:
    return characters(*code)


def _pattern_code(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value:
    """The code in a pattern; nothing where the pattern is not known."""
    code = ";".join(code_blocks(args[0].text or "")) if args else ""
    return Value(code, made=args[0].made, taint=args[0].taint) if code else Value("")


FUNCTIONS: dict[str, Fold] = {
    "decode_base64": first(lambda data: _text(decode.unbase64(data)), "base64"),
    "MIME::Base64::decode_base64": first(lambda data: _text(decode.unbase64(data)), "base64"),
    "MIME::Base64::decode": first(lambda data: _text(decode.unbase64(data)), "base64"),
    "decode_qp": first(lambda data: _text(decode.unquoted_printable(data)), "quoted-printable"),
    "uncompress": first(lambda data: _text(decode.inflate_zlib(data)), "zlib"),
    "Compress::Zlib::uncompress": first(lambda data: _text(decode.inflate_zlib(data)), "zlib"),
    "Compress::Zlib::memGunzip": first(lambda data: _text(decode.gunzip(data)), "gzip"),
    "uri_unescape": first(decode.unurl, "url"),
    "URI::Escape::uri_unescape": first(decode.unurl, "url"),
    "pack": pure(_pack, "pack"),
    "unpack": pure(_unpack, "unpack"),
    "chr": pure(_chr, "character codes"),
    "ord": pure(lambda text: ord(text[0])),
    "hex": pure(lambda text: int(str(text), 16)),
    "oct": pure(lambda text: int(str(text), 0)),
    "lc": pure(lambda text: text.lower()),
    "uc": pure(lambda text: text.upper()),
    "ucfirst": pure(lambda text: text[:1].upper() + text[1:]),
    "length": pure(len),
    "chop": pure(lambda text: text[:-1]),
    "chomp": pure(lambda text: text.removesuffix("\n")),
    "quotemeta": pure(lambda text: _SPECIAL.sub(r"\\\g<0>", text)),
    "join": pure(_join),
    "reverse": pure(_reverse, "reversed"),
    "substr": pure(_substr),
    "sprintf": pure(lambda template, *items: percent(template, list(items))),
    "transliterate": pure(translate, "translated"),
    "pattern-code": _pattern_code,
    "scalar": pure(lambda data: data),
}
