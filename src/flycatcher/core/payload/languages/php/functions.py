"""PHP's own pure functions. Names are lower case: PHP does not mind."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.folding import characters, first, join, pure, replace, text_of
from flycatcher.core.payload.languages.ruby.functions import pack

if TYPE_CHECKING:
    from flycatcher.core.payload.evaluator.folding import Fold
    from flycatcher.core.payload.evaluator.values import Constant


def _bytes_text(data: Constant) -> str:
    """Decoded bytes as PHP's strings are: one character a byte, so that a next decoder gets them back."""
    return data if isinstance(data, str) else data.decode("latin-1")


def _lift(function: Constant) -> Constant:
    return lambda data: _bytes_text(function(data))


def _implode(glue: Constant, parts: Constant = None) -> str:
    if isinstance(glue, list):
        glue, parts = parts or "", glue
    return str(join(str(glue), [text_of(p) for p in parts]))


def _str_replace(old: Constant, new: Constant, text: Constant) -> Constant:
    olds = old if isinstance(old, list) else [old]
    for at, one in enumerate(olds[:256]):
        by = (new[at] if at < len(new) else "") if isinstance(new, list) else new
        text = replace(text, one, by)
    return text


def _strtr(text: str, old: str, new: str) -> str:
    return text.translate(dict(zip(map(ord, old), new, strict=False)))


def _substr(text: str, start: int, length: int | None = None) -> str:
    piece = text[start:] if start >= 0 or -start <= len(text) else text
    return piece if length is None else piece[:length]


def _repeat(text: str, count: int) -> str:
    if len(text) * count > 1_000_000:
        raise ValueError
    return text * count


def _range(low: Constant, high: Constant, step: int = 1) -> list[Constant]:
    if isinstance(low, str) and isinstance(high, str) and len(low) == len(high) == 1:
        return [chr(c) for c in range(ord(low), ord(high) + 1, step)]
    if abs(high - low) > 20_000:
        raise ValueError
    return list(range(low, high + 1, step))


def _pack(template: str, *items: Constant) -> str:
    return pack(list(items), template)


def _hexbin(text: str) -> str:
    return decode.unhex(text).decode("latin-1")


def _sprintf(template: str, *args: Constant) -> str:
    if re.search(r"%[^%a-z]*(?:\d{3,}|\$)", template):
        raise ValueError(template)
    return template % args


FUNCTIONS: dict[str, Fold] = {
    "base64_decode": first(_lift(decode.unbase64), "base64"),
    "base64_encode": first(lambda text: base64.b64encode(decode.octets(text)).decode()),
    "json_decode": first(json.loads),
    "sprintf": pure(_sprintf),
    "gzinflate": first(_lift(decode.inflate_raw), "deflate"),
    "gzuncompress": first(_lift(decode.inflate_zlib), "zlib"),
    "gzdecode": first(_lift(decode.gunzip), "gzip"),
    "zlib_decode": first(_lift(decode.inflate_any), "zlib"),
    "bzdecompress": first(_lift(decode.bunzip), "bz2"),
    "str_rot13": first(decode.rot13, "rot13"),
    "strrev": first(lambda text: text[::-1], "reversed"),
    "hex2bin": first(_hexbin, "hex"),
    "convert_uudecode": first(_lift(decode.unuu), "uuencode"),
    "urldecode": first(decode.unurl_plus, "url"),
    "rawurldecode": first(decode.unurl, "url"),
    "html_entity_decode": first(decode.unhtml, "html"),
    "htmlspecialchars_decode": first(decode.unhtml, "html"),
    "quoted_printable_decode": first(_lift(decode.unquoted_printable), "quoted-printable"),
    "stripslashes": first(lambda text: text.replace("\\", "")),
    "stripcslashes": first(decode.unescape_text, "escapes"),
    "chr": pure(lambda code: characters(code % 256), "character codes"),
    "mb_chr": pure(characters, "character codes"),
    "ord": pure(lambda text: ord(text[0])),
    "strlen": pure(len),
    "count": pure(len),
    "implode": pure(_implode),
    "join": pure(_implode),
    "explode": pure(lambda sep, text, *_n: text.split(sep)),
    "str_split": pure(lambda text, size=1: [text[i : i + size] for i in range(0, len(text), size)]),
    "str_replace": pure(_str_replace, "replaced"),
    "str_ireplace": pure(_str_replace, "replaced"),
    "strtr": pure(_strtr, "translated"),
    "substr": pure(_substr),
    "substr_replace": pure(lambda text, by, at, size=0: text[:at] + by + text[at + size :]),
    "str_repeat": pure(_repeat),
    "strtolower": first(lambda text: text.lower()),
    "strtoupper": first(lambda text: text.upper()),
    "ucfirst": first(lambda text: text[:1].upper() + text[1:]),
    "lcfirst": first(lambda text: text[:1].lower() + text[1:]),
    "trim": first(lambda text: text.strip()),
    "rtrim": first(lambda text: text.rstrip()),
    "ltrim": pure(lambda text, *chars: text.lstrip(*chars)),
    "escapeshellarg": pure(lambda text: "'" + text.replace("'", "'\\''") + "'"),
    "dechex": pure(lambda n: f"{n:x}"),
    "hexdec": pure(lambda text: int(text, 16)),
    "octdec": pure(lambda text: int(str(text), 8)),
    "bindec": pure(lambda text: int(text, 2)),
    "intval": first(int),
    "strval": first(text_of),
    "pack": pure(_pack, "pack"),
    "range": pure(_range),
    "array_reverse": first(lambda data: data[::-1], "reversed"),
    "array_merge": pure(lambda *lists: [item for one in lists for item in one]),
    "array_values": first(lambda data: data),
    "base_convert": pure(lambda text, old, new: f"{int(str(text), old):x}" if new == 16 else str(int(str(text), old))),
}
