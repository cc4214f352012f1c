"""What PHP's configuration makes it include before and after the program: ``-d`` definitions, ini files, stream URLs.

Source: Zend/zend_ini_scanner.l, main/php_ini.c, ext/standard/php_fopen_wrapper.c and main/streams/memory.c (RFC 2397), checked
with php 8.2.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from flycatcher.core.interpreters.php.filters import filtered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NAME = re.compile(r"[^\S\r\n]*([^=\r\n;|&$~(){}!\"\[\]]+)(?:\[[^\]\r\n]*\])?[^\S\r\n]*=")
_BARE = re.compile(r"[^=\r\n;|&$~(){}!\"\[\]]+(?=[\r\n]|$)")
_REST_OF_LINE = re.compile(r"[^\r\n]*[\r\n]*")
_PLAIN = re.compile(r"[^\r\n;\"'$={}()|&^~!]+|\$(?!\{)")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_SINGLE = re.compile(r"'([^']*)'")
_VARIABLE = re.compile(r"\$\{([^}:$]+)(?::-([^}]*))?\}")
_TRUE, _FALSE = ("on", "yes", "true"), ("off", "no", "false", "none", "null")


class Setting(Struct, frozen=True, gc=False):
    """A directive's value, and the word that gave it: its index in argv and where in it the value begins."""

    value: str
    index: int
    offset: int


class Define(Struct, frozen=True, gc=False):
    """One ``-d name=value`` as it stands in argv."""

    text: str
    index: int
    offset: int


def settings(defines: Iterable[Define], env: Mapping[str, str]) -> dict[str, Setting]:
    """Read ``-d`` definitions as the ini parser does; what follows a syntax error is not read, as in PHP."""
    found: dict[str, Setting] = {}
    for define in defines:
        name, sign, value = define.text.partition("=")
        offset = define.offset + len(name) + len(sign)
        text = define.text if sign else f"{name}=1"
        if value and not (value[0].isascii() and value[0].isalnum()) and value[0] not in "\"'":
            text = f'{name}="{value}"'
        if not _read_lines(text, env, found, Setting("", define.index, offset)):
            break
    return found


def _read_lines(text: str, env: Mapping[str, str], found: dict[str, Setting], place: Setting) -> bool:
    """Read ini lines into ``found``; return whether the parser came to the end of them."""
    position = 0
    while position < len(text):
        line = text[position:].lstrip(" \t\r\n")
        position = len(text) - len(line)
        if not line or line[0] == ";" or (line[0] == "[" and "=" not in line.partition("]")[2].partition("\n")[0]):
            match = _REST_OF_LINE.match(text, position)
            position = match.end() if match is not None and match.end() > position else len(text)
            continue
        name = _NAME.match(text, position)
        if name is None:
            bare = _BARE.match(text, position)
            if bare is None:
                return False
            position = bare.end()
            continue
        value, position, whole = _value(text, name.end(), env)
        if value is not None:
            found[name[1].strip()] = Setting(value, place.index, place.offset)
        if not whole:
            return False
    return True


def _value(text: str, position: int, env: Mapping[str, str]) -> tuple[str | None, int, bool]:
    """Read one value; return it (None where it has no end), the position behind it, and whether the syntax was right."""
    parts: list[str] = []
    while position < len(text) and text[position] not in "\r\n":
        char = text[position]
        if char == ";":
            match = _REST_OF_LINE.match(text, position)
            position = match.end() if match is not None else len(text)
            break
        if char == '"':
            match = _QUOTED.match(text, position)
            if match is None:
                return None, position, False
            _trim(parts)
            parts.append(_expand(re.sub(r"\\([\"\\'])", r"\1", match[1]), env))
        elif not parts and text.startswith("''", position):
            match = _REST_OF_LINE.match(text, position)  # an empty text in front is the whole value
            rest = match[0] if match is not None else ""
            plain = rest.partition(";")[0]
            return "", position + len(rest), "=" not in plain and '"' not in plain
        elif char == "'":
            match = _SINGLE.match(text, position)
            parts.append(match[1] if match is not None else "'")
        elif char == "$" and text.startswith("${", position):
            match = _VARIABLE.match(text, position)
            if match is None:
                return None, position, False
            parts.append(_expand(match[0], env))
        else:
            match = _PLAIN.match(text, position)
            if match is None:
                return _finish(parts, bare=False), position, False
            parts.append(match[0].lstrip() if not parts else match[0])
        position = match.end() if match is not None else position + 1
    bare = len(parts) == 1 and '"' not in text and "'" not in text
    return _finish(parts, bare=bare), position, True


def _trim(parts: list[str]) -> None:
    """Drop the blanks before a quoted part, as the scanner does."""
    if parts:
        parts[-1] = parts[-1].rstrip()


def _finish(parts: list[str], *, bare: bool) -> str:
    """Join a value's parts; a bare word may be a boolean."""
    _trim(parts)
    value = "".join(parts)
    if bare and value.lower() in _TRUE:
        return "1"
    return "" if bare and value.lower() in _FALSE else value


def _expand(text: str, env: Mapping[str, str]) -> str:
    """Put the environment's values in the places of ``${NAME}`` and ``${NAME:-default}``."""
    end = text.rfind("}") + 1  # behind the last one nothing can match, and each try would read to the end
    return _VARIABLE.sub(lambda match: env.get(match[1], match[2] or ""), text[:end]) + text[end:]


def is_on(setting: Setting | None, *, default: bool) -> bool:
    """Tell a boolean directive's state as OnUpdateBool reads it."""
    if setting is None:
        return default
    number = re.match(r"\s*([+-]?\d+)", setting.value)
    return setting.value.lower() in _TRUE or (number is not None and int(number[1][:9]) != 0)


Kind = Literal["fails", "path", "stdin", "body", "descriptor", "url", "empty"]


class Source(Struct, frozen=True):
    """Where an included file's text comes from. ``path`` is the file's, ``number`` the descriptor's."""

    kind: Kind
    text: str | None = None
    path: str = ""
    number: int = 0
    seeks: bool = False
    """It must be a file that can be read twice: a pipe does not do."""


_FAILS = Source("fails")
_COMPRESSED = ("compress.zlib://", "compress.bzip2://", "zlib:")
_REMOTE = ("http://", "https://", "ftp://", "ftps://", "ssh2.", "expect://")


def source(name: str, *, include: bool, remote: bool, depth: int = 4) -> Source:
    """Read what ``include`` is given: a path, or a stream URL. ``include`` and ``remote`` are allow_url_include and _fopen."""
    lower = name.lower()
    if not name:
        return Source("empty")
    if lower.startswith("php://"):
        return _php(name[6:], include=include, remote=remote, depth=depth)
    if lower.startswith("data:"):
        return _data(name) if include and remote else _FAILS
    if lower.startswith(_REMOTE):
        return Source("url") if include and remote else _FAILS
    for scheme in _COMPRESSED:
        if lower.startswith(scheme):
            inner = (
                source(name[len(scheme) :], include=include, remote=remote, depth=depth - 1) if depth > 0 else _FAILS
            )
            return Source("path", path=inner.path, seeks=True) if inner.kind == "path" else inner
    return Source("path", path=re.sub(r"(?i)^file://(?:localhost(?=/))?", "", name))


def _php(rest: str, *, include: bool, remote: bool, depth: int) -> Source:
    """Read ``php://``: stdin, input (a request's body), fd, filter."""
    lower = rest.lower()
    if lower.startswith("filter/"):
        head, sign, inner = rest.partition("/resource=")
        if not sign or depth <= 0:
            return _FAILS
        found = source(inner, include=include, remote=remote, depth=depth - 1)
        if found.kind == "path":
            # a chain of conversions can make any text out of any file
            return found if "convert.iconv" not in head.lower() else Source("url")
        return Source(found.kind, filtered(found.text, head), found.path, found.number)
    if lower.startswith(("memory", "temp")):
        return Source("empty")
    return _own(lower) if include else _FAILS


def _own(name: str) -> Source:
    """Read what ``php://`` names of the process itself."""
    if name == "stdin":
        return Source("stdin")
    if name == "input":
        return Source("body")
    match = re.match(r"fd/(\d{1,9})$", name)
    return Source("descriptor", number=int(match[1])) if match is not None else _FAILS


def _data(name: str) -> Source:
    """Read a ``data:`` URL (RFC 2397) as PHP does: its scheme in lower case, a media type with a slash."""
    meta, comma, data = name[5:].removeprefix("//").partition(",")
    if not name.startswith("data:") or not comma:
        return _FAILS
    kind, *parameters = meta.split(";")
    if kind and "/" not in kind:
        return _FAILS
    if parameters and parameters[-1] == "base64":
        decoded = _base64(unquote_to_bytes(data.replace("+", "%2B")))
        return _FAILS if decoded is None else Source("url", os.fsdecode(decoded))
    return Source("url", os.fsdecode(unquote_to_bytes(data.replace("+", " ").encode("utf-8", "surrogateescape"))))


def _base64(data: bytes) -> bytes | None:
    """Decode base64 with or without its padding; None if it is malformed."""
    compact = b"".join(data.split()).rstrip(b"=")
    try:
        return base64.b64decode(compact + b"=" * (-len(compact) % 4), validate=True)
    except binascii.Error:
        return None
