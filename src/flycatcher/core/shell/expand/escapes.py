r"""Backslash escapes: ``$'...'``, ``echo -e``, dash's ``echo`` and ``printf`` (bash manual 3.1.2.4 and builtins; dash(1))."""

from __future__ import annotations

import re

from flycatcher.core.regex import lazy
from flycatcher.core.unknown import from_bytes, to_bytes

_SIMPLE = {"a": 7, "b": 8, "e": 27, "E": 27, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92}
_ANSI = lazy(rb"\\(x[0-9A-Fa-f]{1,2}|x\{[0-9A-Fa-f]*\}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|c.|.)", re.DOTALL)
_ECHO_BASH = re.compile(rb"\\(0[0-7]{0,3}|x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[abceEfnrtv\\])")
_ECHO_DASH = re.compile(rb"\\(0[0-7]{0,3}|[1-7][0-7]{0,2}|[abcfnrtv\\])")
_FORMAT_BASH = re.compile(rb"\\([0-7]{1,3}|x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[abceEfnrtv\\\"'?])")
_FORMAT_DASH = re.compile(rb"\\([0-7]{1,3}|[abcfnrtv\\\"])")


def _one(code: bytes) -> bytes:
    """Return the bytes that one escape (without its backslash) stands for."""
    letter = chr(code[0])
    if letter in "01234567":
        return bytes([int(code, 8) & 0xFF])
    if letter == "x":
        digits = code[1:].strip(b"{}")
        return bytes([int(digits, 16) & 0xFF]) if digits else b""
    if letter in "uU":
        point = int(code[1:], 16)
        return chr(point).encode("utf-8", "surrogatepass") if point < 0x110000 else b""
    if letter == "c" and len(code) == 2:
        return bytes([code[1] & 0x1F])
    if letter in _SIMPLE:
        return bytes([_SIMPLE[letter]])
    return code if letter in "'\"?" else b"\\" + code


def dollar_quote(text: str) -> str:
    r"""Return what ``$'text'`` stands for; a NUL ends it, as in the shell."""
    if "\\" not in text:
        return text
    return from_bytes(_ANSI.sub(lambda found: _one(found[1]), to_bytes(text)).split(b"\0", 1)[0])


def _until_c(text: str, pattern: re.Pattern[bytes]) -> tuple[str, bool]:
    r"""Replace escapes up to ``\c``; return the text and whether ``\c`` ended it."""
    out, at, data = [], 0, to_bytes(text)
    for found in pattern.finditer(data):
        out.append(data[at : found.start()])
        at = found.end()
        if found[1] == b"c":
            return from_bytes(b"".join(out)), True
        out.append(_one(found[1]))
    out.append(data[at:])
    return from_bytes(b"".join(out)), False


def echo_escapes(text: str, *, dash: bool) -> tuple[str, bool]:
    r"""Return what ``echo -e`` (or dash's echo) prints for the text, and whether ``\c`` stops all output."""
    return _until_c(text, _ECHO_DASH if dash else _ECHO_BASH)


def format_escapes(text: str, *, dash: bool) -> tuple[str, bool]:
    """Return the text of a printf format's literal part, and whether output stops there."""
    return _until_c(text, _FORMAT_DASH if dash else _FORMAT_BASH)


_DIRECTIVE = lazy(
    r"%(%|([-+ #0]*)(\*|[0-9]+)?(?:\.(\*|[0-9]*))?(?:hh|h|ll|l|L|q|j|z|t)?([a-zA-Z]|\([^)]*\)T))", re.DOTALL
)
MAX_PRINTF = 1 << 18


def printf(args: list[str], *, dash: bool) -> str | None:
    """Return what ``printf FORMAT ARG...`` prints; None where that is not computed."""
    if args and args[0] == "--":
        args = args[1:]
    if not args or args[0].startswith("-v"):
        return None
    form, values = args[0], list(args[1:])
    out: list[str] = []
    size = 0
    while True:
        before = len(values)
        text, stopped = _round(form, values, dash=dash)
        if text is None:
            return None
        out.append(text)
        size += len(text)
        if stopped or not values or len(values) == before or size > MAX_PRINTF:
            return "".join(out)


def _round(form: str, values: list[str], *, dash: bool) -> tuple[str | None, bool]:
    """Use the format once, taking values from the front."""
    out: list[str] = []
    at = 0
    for found in _DIRECTIVE.finditer(form):
        text, stopped = format_escapes(form[at : found.start()], dash=dash)
        out.append(text)
        at = found.end()
        if stopped:
            return "".join(out), True
        piece, stopped = _directive(found, values, dash=dash)
        if piece is None:
            return None, False
        out.append(piece)
        if stopped:
            return "".join(out), True
    text, stopped = format_escapes(form[at:], dash=dash)
    return "".join([*out, text]), stopped


def _directive(found: re.Match[str], values: list[str], *, dash: bool) -> tuple[str | None, bool]:
    """Return one conversion's text."""
    if found[1] == "%":
        return "%", False
    flags, width, precision, kind = found[2], found[3], found[4], found[5]
    if width == "*" or precision == "*" or kind.startswith("("):
        return None, False
    if int(width or 0) > 4096 or int(precision or 0) > 4096:
        return None, False
    value = values.pop(0) if values else ""
    stopped = False
    if kind == "b":
        value, stopped = echo_escapes(re.sub(r"\\([1-7][0-7]{0,2})", r"\\0\1", value), dash=dash)
    elif kind == "c":
        value = value[:1]
    elif kind in "diouxX":
        number = _integer(value)
        if number is None:
            return None, False
        base = {"d": "d", "i": "d", "u": "d"}.get(kind, kind)
        return f"%{flags}{width or ''}{'.' + precision if precision else ''}{base}" % number, False
    elif kind == "q" and not dash:
        value = quoted(value)
    elif kind != "s":
        return None, False
    if precision is not None:
        value = value[: int(precision or 0)]
    pad = int(width or 0)
    return (value.ljust(pad) if "-" in flags else value.rjust(pad)), stopped


def quoted(text: str) -> str:
    """Quote a text as bash's ``%q`` does."""
    if not text:
        return "''"
    if not text.isprintable():
        return "'" + text.replace("'", "'\\''") + "'"
    return re.sub(r"([^\w@%+=:,./-])", r"\\\1", text)


def _integer(text: str) -> int | None:
    text = text.strip()
    if text[:1] in "'\"" and text:
        return ord(text[1]) if len(text) > 1 else 0
    try:
        return int(text, 8) if re.fullmatch(r"0[0-7]+", text) else int(text or "0", 0)
    except ValueError:
        return None
