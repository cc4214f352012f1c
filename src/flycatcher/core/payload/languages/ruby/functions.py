"""Ruby's own pure functions and methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload import decode
from flycatcher.core.payload.evaluator.folding import byte_values, characters, first, join, pure, replace, text_of

if TYPE_CHECKING:
    from flycatcher.core.payload.evaluator.folding import Fold
    from flycatcher.core.payload.evaluator.values import Constant

_UNPACK = {
    "m": (decode.unbase64, "base64"),
    "u": (decode.unuu, "uuencode"),
    "M": (decode.unquoted_printable, "quoted-printable"),
}


def unpack(data: Constant, template: str) -> list[Constant]:
    """``String#unpack``: the directives that decode text."""
    kind = template.strip()[:1]
    if kind in _UNPACK:
        return [latin(_UNPACK[kind][0](data))]
    if kind in "CcUa":
        raw = decode.octets(data)
        if kind == "a":
            return [latin(raw)]
        return [ord(c) for c in data] if kind == "U" and isinstance(data, str) else list(raw)
    if kind in "Hh":
        return [decode.octets(data).hex()]
    raise ValueError(template)


def pack(items: list[Constant], template: str) -> str:
    """``Array#pack``: the directives that make text."""
    kind = template.strip()[:1]
    if kind in "HhBb":
        text = str(items[0])
        if kind == "H":
            return latin(decode.unhex(text))
        if kind == "B":
            return latin(bytes(int(text[at : at + 8], 2) for at in range(0, len(text) - 7, 8)))
        raise ValueError(template)
    if kind == "U":
        return characters(*items)
    if kind in "Cc":
        return latin(byte_values(items))
    if kind in "aA":
        return "".join(text_of(item) for item in items)
    raise ValueError(template)


def latin(data: Constant) -> str:
    """Return bytes as text: UTF-8 where it is, else a character per byte."""
    if isinstance(data, str):
        return data
    raw = bytes(data)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _tr(text: str, old: str, new: str) -> str:
    left, right = _spread(old), _spread(new)
    right = right + right[-1:] * (len(left) - len(right))
    return text.translate(dict(zip(map(ord, left), right, strict=False)))


def _spread(pattern: str) -> str:
    out, at = "", 0
    while at < len(pattern) and len(out) < 4096:
        if pattern[at + 1 : at + 2] == "-" and at + 2 < len(pattern):
            out += "".join(
                chr(c) for c in range(ord(pattern[at]), min(ord(pattern[at + 2]), ord(pattern[at]) + 4096) + 1)
            )
            at += 3
        else:
            out += pattern[at]
            at += 1
    return out


translate = _tr

FUNCTIONS: dict[str, Fold] = {
    "Base64.decode64": first(lambda data: latin(decode.unbase64(data)), "base64"),
    "Base64.strict_decode64": first(lambda data: latin(decode.unbase64(data)), "base64"),
    "Base64.urlsafe_decode64": first(lambda data: latin(decode.unbase64(data)), "base64"),
    "Zlib.inflate": first(lambda data: latin(decode.inflate_any(data)), "zlib"),
    "Zlib::Inflate.inflate": first(lambda data: latin(decode.inflate_any(data)), "zlib"),
    "Zlib.gunzip": first(lambda data: latin(decode.gunzip(data)), "gzip"),
    "URI.decode_www_form_component": first(decode.unurl_plus, "url"),
    "CGI.unescape": first(decode.unurl_plus, "url"),
    "URI.unescape": first(decode.unurl, "url"),
    "Integer": pure(lambda text, base=10: int(str(text), base)),
    "String": first(text_of),
}

METHODS: dict[str, Fold] = {
    "unpack": pure(unpack, "unpack"),
    "unpack1": pure(lambda data, template: unpack(data, template)[0], "unpack"),
    "pack": pure(pack, "pack"),
    "reverse": pure(lambda data: data[::-1], "reversed"),
    "join": pure(lambda parts, glue="": join(glue, [text_of(p) for p in parts])),
    "chr": pure(lambda code, *_e: chr(code), "character codes"),
    "ord": pure(lambda text: ord(text[0])),
    "hex": pure(lambda text: int(text, 16)),
    "to_i": pure(lambda text, base=10: int(str(text), base)),
    "to_s": first(text_of),
    "to_str": first(text_of),
    "to_sym": first(text_of),
    "bytes": pure(lambda text: list(decode.octets(text))),
    "chars": pure(list),
    "each_char": pure(list),
    "each_byte": pure(lambda text: list(decode.octets(text))),
    "split": pure(lambda text, *sep: text.split(*[s for s in sep if s != ""]) if sep != ("",) else list(text)),
    "scan": pure(lambda text, pattern: [text[i : i + 2] for i in range(0, len(text), 2)] if pattern == ".." else None),
    "tr": pure(_tr, "translated"),
    "gsub": pure(replace, "replaced"),
    "sub": pure(lambda text, old, new: text.replace(old, new, 1)),
    "strip": pure(lambda text: text.strip()),
    "chomp": pure(lambda text: text.rstrip("\r\n")),
    "downcase": pure(lambda text: text.lower()),
    "upcase": pure(lambda text: text.upper()),
    "swapcase": pure(lambda text: text.swapcase()),
    "force_encoding": first(lambda data: data),
    "encode": first(lambda data: data),
    "first": pure(lambda data, *count: data[: count[0]] if count else data[0]),
    "last": pure(lambda data: data[-1]),
    "concat": pure(lambda data, other: data + other),
    "length": pure(len),
    "freeze": first(lambda data: data),
    "dup": first(lambda data: data),
    "to_a": pure(list),
    "flatten": first(lambda data: data),
    "itself": first(lambda data: data),
}
