"""JavaScript's own pure functions and methods, and Node's decoders."""

from __future__ import annotations

import json
import shlex
import urllib.parse
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.folding import byte_values, characters, first, join, pure, replace, text_of
from flycatcher.core.payload.evaluator.values import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.folding import Fold
    from flycatcher.core.payload.evaluator.values import Constant

_DECODERS = {"base64": decode.unbase64, "base64url": decode.unbase64, "hex": decode.unhex}


def _buffer(data: Constant, encoding: Constant = "utf8", *_rest: Constant) -> bytes:
    """``Buffer.from``."""
    if isinstance(data, list):
        return byte_values(data)
    if isinstance(data, bytes):
        return data
    known = _DECODERS.get(str(encoding).lower())
    return known(data) if known else data.encode("utf-8", "surrogateescape")


def _shell_word(args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """Quote a value as zx and Bun do, each item of a list by itself; what is not wholly known stays as it is."""
    del kwargs
    value = args[0]
    items = value.data if isinstance(value.data, list) else [value]
    texts = [text_of(item.data) if isinstance(item, Value) and item.known else None for item in items]
    if not texts or not all(isinstance(text, str) for text in texts):
        return value
    return Value(" ".join(shlex.quote(text or "") for text in texts), made=value.made, taint=value.taint)


def _to_string(data: Constant, encoding: Constant = "utf8", *_rest: Constant) -> str:
    """``buffer.toString``, ``number.toString(radix)``."""
    if isinstance(data, bytes):
        kind = str(encoding).lower()
        if kind == "hex":
            return data.hex()
        return data.decode("latin-1" if kind in ("binary", "latin1", "ascii") else "utf-8", "surrogateescape")
    if isinstance(data, int) and isinstance(encoding, int):
        return _radix(data, encoding)
    if isinstance(data, list):
        return ",".join(text_of(item) for item in data)
    return text_of(data)


def _radix(value: int, base: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    if not 2 <= base <= 36 or value < 0:
        raise ValueError
    out = ""
    while value:
        value, digit = divmod(value, base)
        out = digits[digit] + out
    return out or "0"


def _parse_int(text: Constant, base: Constant = 10) -> int:
    clean = str(text).strip()[:400]
    return int(clean, 0 if clean[:2].lower() == "0x" else int(base))


def _join(parts: Constant, glue: Constant = ",") -> str:
    return str(join(str(glue), [text_of(part) for part in parts]))


def _split(text: Constant, separator: Constant = None, *_rest: Constant) -> list[Constant]:
    if separator is None:
        return [text]
    return list(text) if separator == "" else text.split(separator)


def _concat(data: Constant, *more: Constant) -> Constant:
    if isinstance(data, list):
        return data + [item for part in more for item in (part if isinstance(part, list) else [part])]
    return data + "".join(text_of(part) for part in more)


def _char_code(text: str, at: Constant = 0) -> int:
    return ord(text[int(at)])


def _substr(text: Constant, start: Constant = 0, length: Constant = None) -> Constant:
    begin = max(int(start) + (len(text) if int(start) < 0 else 0), 0)
    return text[begin:] if length is None else text[begin : begin + max(int(length), 0)]


def _slice(data: Constant, start: Constant = 0, end: Constant = None) -> Constant:
    return data[int(start) : None if end is None else int(end)]


def _substring(text: Constant, start: Constant = 0, end: Constant = None) -> Constant:
    stop = len(text) if end is None else max(int(end), 0)
    low, high = sorted((max(int(start), 0), stop))
    return text[low:high]


def _module(args: Sequence[Value], _kwargs: dict[str, Value]) -> Value:
    """The program that a ``data:`` URL holds (RFC 2397); nothing for another URL, or one that is not known."""
    head, comma, body = ((args[0].text or "") if args else "").partition(",")
    if not comma or not head.startswith("data:"):
        return Value("")
    text = decode.unurl(body)
    program = text_of(decode.unbase64(text)) if head.endswith(";base64") else text
    return Value(program, exact=args[0].exact, made=(*args[0].made, "data URL"), taint=args[0].taint)


def _json(data: Constant, *_rest: Constant) -> str:
    """``JSON.stringify`` of a text or a number."""
    if not isinstance(data, (str, int, float)):
        raise TypeError
    return json.dumps(data, ensure_ascii=False)


def _unescape(text: Constant) -> str:
    """``unescape``: %uXXXX too."""
    return decode.unurl(decode.unescape_text(str(text).replace("%u", "\\u")))


FUNCTIONS: dict[str, Fold] = {
    "Buffer.from": pure(_buffer, "buffer"),
    "buffer.Buffer.from": pure(_buffer, "buffer"),
    "Buffer": pure(_buffer, "buffer"),
    "Buffer.concat": pure(lambda parts, *_rest: b"".join(parts)),
    "Uint8Array": pure(byte_values, "byte values"),
    "Uint8Array.from": pure(byte_values, "byte values"),
    "atob": pure(lambda text: decode.unbase64(text).decode("latin-1"), "base64"),
    "String.fromCharCode": pure(characters, "character codes"),
    "String.fromCodePoint": pure(characters, "character codes"),
    "String.fromCharCode.apply": pure(lambda _this, codes: characters(*codes), "character codes"),
    "String": pure(text_of),
    "Number": pure(int),
    "parseInt": pure(_parse_int),
    "decodeURIComponent": first(decode.unurl, "url"),
    "decodeURI": first(decode.unurl, "url"),
    "unescape": first(_unescape, "url"),
    "JSON.stringify": pure(_json),
    "data-url-code": _module,
    "shell-word": _shell_word,
    "encodeURIComponent": first(lambda text: urllib.parse.quote(str(text))),
    "zlib.gunzipSync": first(decode.gunzip, "gzip"),
    "zlib.inflateSync": first(decode.inflate_zlib, "zlib"),
    "zlib.inflateRawSync": first(decode.inflate_raw, "deflate"),
    "zlib.unzipSync": first(decode.inflate_any, "zlib"),
    "Array.from": pure(list),
    "java.util.Base64.getDecoder().decode": first(decode.unbase64, "base64"),
    "java.util.Base64.decoder.decode": first(decode.unbase64, "base64"),
    "java.lang.String": pure(text_of),
    "TextDecoder().decode": first(text_of),
}

METHODS: dict[str, Fold] = {
    "toString": pure(_to_string),
    "join": pure(_join),
    "split": pure(_split),
    "reverse": pure(lambda data: data[::-1], "reversed"),
    "concat": pure(_concat),
    "replace": pure(replace, "replaced"),
    "replaceAll": pure(replace, "replaced"),
    "charCodeAt": pure(_char_code),
    "codePointAt": pure(_char_code),
    "charAt": pure(lambda text, at=0: text[int(at)]),
    "substr": pure(_substr),
    "substring": pure(_substring),
    "slice": pure(_slice),
    "trim": pure(lambda text: text.strip()),
    "toLowerCase": pure(lambda text: text.lower()),
    "toUpperCase": pure(lambda text: text.upper()),
    "repeat": pure(lambda text, count: text * count if len(text) * count < 1_000_000 else None),
    "indexOf": pure(lambda data, item: data.find(item) if isinstance(data, (str, bytes)) else data.index(item)),
    "toArray": pure(lambda data: data),
}
