"""Python's own pure functions and methods."""

from __future__ import annotations

import shlex
import string
from itertools import islice
from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.folding import TooLargeError, first, join, pure, replace
from flycatcher.core.payload.evaluator.values import UnfoldableError, Value, merge_taint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.folding import Fold
    from flycatcher.core.payload.evaluator.values import Constant


def _decode_with(data: Constant, encoding: Constant = "utf-8", *_rest: Constant) -> Constant:
    """``codecs.decode`` and ``bytes.decode``."""
    known = decode.codec(str(encoding))
    if known is not None:
        return known[0](data)
    if isinstance(data, str):
        return data
    return data.decode(str(encoding), "surrogateescape")


def _encode_with(text: Constant, encoding: Constant = "utf-8", *_rest: Constant) -> Constant:
    if str(encoding).replace("-", "").replace("_", "").lower() in ("rot13", "rot_13"):
        return decode.rot13(text)
    return text.encode(str(encoding), "surrogateescape")


def _words(text: Constant, *_rest: Constant) -> list[Constant]:
    """``shlex.split``."""
    return list(shlex.split(text if isinstance(text, str) else "", comments=False))


def _bytes(data: Constant = b"", *_rest: Constant) -> bytes:
    if isinstance(data, str):
        return data.encode("utf-8", "surrogateescape")
    if isinstance(data, int):
        if data > 65_536:
            raise TooLargeError
        return bytes(data)
    return bytes(data)


def _str(data: Constant = "", *encoding: Constant) -> str:
    if isinstance(data, bytes) and encoding:
        return str(_decode_with(data, *encoding))
    if isinstance(data, list):
        raise TypeError
    return str(data)


def _range(*bounds: int) -> list[int]:
    steps = range(*bounds)
    if len(steps) > 65_536:
        raise TooLargeError
    return list(steps)


def _translate(text: Constant, table: Constant) -> Constant:
    return text.translate(dict(table) if isinstance(table, list) else table)


def _maketrans(old: Constant, new: Constant) -> Constant:
    if isinstance(old, bytes):
        return bytes.maketrans(old, new)
    return [list(pair) for pair in str.maketrans(old, new).items()]


def _format(template: str, *args: Constant) -> str:
    if any(
        len(spec or "") > 6 or "{" in (spec or "") for _text, _field, spec, _conv in string.Formatter().parse(template)
    ):
        raise TooLargeError
    return template.format(*args)


def _from_bytes(data: Constant, order: str = "big", *_rest: Constant) -> int:
    return int.from_bytes(bytes(data)[:512], "little" if order == "little" else "big")


def _to_bytes(value: int, length: int = 1, order: str = "big", *_rest: Constant) -> bytes:
    return int(value).to_bytes(min(length, 4096), "little" if order == "little" else "big")


def _int(data: Constant = 0, base: Constant = 10) -> int:
    if isinstance(data, (str, bytes)):
        return int(data[:1200], base)
    return int(data)


def _dict(args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """``dict(shell=True)``."""
    if args or not kwargs or "**" in kwargs:
        raise UnfoldableError
    return Value(dict(kwargs), taint=merge_taint(kwargs.values()))


def _sized(data: Constant) -> Constant:
    if len(data) > 65_536:
        raise TooLargeError
    return list(data)


FUNCTIONS: dict[str, Fold] = {
    "base64.b64decode": first(decode.unbase64, "base64"),
    "base64.standard_b64decode": first(decode.unbase64, "base64"),
    "base64.urlsafe_b64decode": first(decode.unbase64, "base64"),
    "base64.decodebytes": first(decode.unbase64, "base64"),
    "base64.decodestring": first(decode.unbase64, "base64"),
    "base64.b32decode": first(decode.unbase32, "base32"),
    "base64.b16decode": first(decode.unhex, "hex"),
    "base64.b85decode": first(decode.unbase85, "base85"),
    "base64.a85decode": first(decode.unascii85, "ascii85"),
    "binascii.a2b_base64": first(decode.unbase64, "base64"),
    "binascii.unhexlify": first(decode.unhex, "hex"),
    "binascii.a2b_hex": first(decode.unhex, "hex"),
    "binascii.a2b_uu": first(decode.unuu, "uuencode"),
    "binascii.a2b_qp": first(decode.unquoted_printable, "quoted-printable"),
    "quopri.decodestring": first(decode.unquoted_printable, "quoted-printable"),
    "bytes.fromhex": first(decode.unhex, "hex"),
    "bytearray.fromhex": first(decode.unhex, "hex"),
    "zlib.decompress": first(decode.inflate_any, "zlib"),
    "gzip.decompress": first(decode.gunzip, "gzip"),
    "bz2.decompress": first(decode.bunzip, "bz2"),
    "lzma.decompress": first(decode.unlzma, "lzma"),
    "codecs.decode": pure(_decode_with, "codec"),
    "codecs.encode": pure(_encode_with, "codec"),
    "codecs.getdecoder()": first(decode.rot13, "codec"),
    "urllib.parse.unquote": first(decode.unurl, "url"),
    "urllib.unquote": first(decode.unurl, "url"),
    "urllib.parse.unquote_plus": first(decode.unurl_plus, "url"),
    "html.unescape": first(decode.unhtml, "html"),
    "chr": pure(chr, "character codes"),
    "unichr": pure(chr, "character codes"),
    "ord": pure(ord),
    "str": pure(_str),
    "bytes": pure(_bytes, "byte values"),
    "bytearray": pure(_bytes, "byte values"),
    "int": pure(_int),
    "int.from_bytes": pure(_from_bytes),
    "len": pure(len),
    "list": pure(_sized),
    "tuple": pure(_sized),
    "dict": _dict,
    "reversed": pure(lambda data: list(islice(reversed(data), 65_536)), "reversed"),
    "sorted": pure(sorted),
    "range": pure(_range),
    "xrange": pure(_range),
    "enumerate": pure(lambda data, start=0: [list(pair) for pair in enumerate(_sized(data), start)]),
    "zip": pure(lambda *data: [list(row) for row in zip(*map(_sized, data), strict=False)]),
    "itertools.cycle": pure(lambda data: (data * (4096 // max(len(data), 1) + 1))[:4096]),
    "sum": pure(sum),
    "abs": pure(abs),
    "hex": pure(hex),
    "memoryview": pure(_bytes),
    "str.join": pure(join),
    "bytes.join": pure(join),
    "str.maketrans": pure(_maketrans),
    "bytes.maketrans": pure(_maketrans),
    "string.maketrans": pure(_maketrans),
    "textwrap.dedent": first(lambda text: text),
    "shlex.split": pure(_words),
}

METHODS: dict[str, Fold] = {
    "join": pure(join),
    "decode": pure(_decode_with, "codec"),
    "encode": pure(_encode_with),
    "replace": pure(replace, "replaced"),
    "strip": pure(lambda text, *chars: text.strip(*chars)),
    "lstrip": pure(lambda text, *chars: text.lstrip(*chars)),
    "rstrip": pure(lambda text, *chars: text.rstrip(*chars)),
    "lower": pure(lambda text: text.lower()),
    "upper": pure(lambda text: text.upper()),
    "swapcase": pure(lambda text: text.swapcase()),
    "title": pure(lambda text: text.title()),
    "split": pure(lambda text, *sep: text.split(*sep)),
    "splitlines": pure(lambda text: text.splitlines()),
    "translate": pure(_translate, "translated"),
    "maketrans": pure(lambda _self, old, new: _maketrans(old, new)),
    "format": pure(_format),
    "hex": pure(lambda data: data.hex()),
    "to_bytes": pure(_to_bytes, "byte values"),
    "index": pure(lambda data, item: data.index(item)),
    "find": pure(lambda data, item: data.find(item)),
    "count": pure(lambda data, item: data.count(item)),
    "fromhex": pure(lambda _self, data: decode.unhex(data), "hex"),
    "__add__": pure(lambda a, b: a + b),
    "__getitem__": pure(lambda data, key: data[key]),
    "copy": pure(lambda data: data),
}
