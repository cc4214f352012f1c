"""Rows of JSON logs: looked up by dotted names whether they are nested or flat, whatever the types are that somebody wrote."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]
_decode = msgspec.json.Decoder().decode
_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")
DEPTH = 64
"""Levels that a row is believed to have."""


def decoded(line: bytes) -> Any:  # noqa: ANN401 - a JSON tree
    """Return the JSON value of a line, bytes that are not UTF-8 kept as surrogates; None where it is none."""
    try:
        return _decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:
        return _clean(json.loads(line.decode("utf-8", "surrogateescape")))
    except (ValueError, RecursionError):
        return None


def encoded(row: Row) -> bytes:
    """Return a row as a line of JSON; bytes that were no UTF-8 stay as they were, what JSON does not have becomes text."""
    try:
        return json.dumps(row, ensure_ascii=False, default=_as_text).encode("utf-8", "surrogateescape") + b"\n"
    except UnicodeEncodeError:  # halves of characters
        return json.dumps(row, default=_as_text).encode() + b"\n"


def _as_text(value: object) -> str:
    """Return what JSON does not have as text: bytes as they are, a time as ISO 8601 has it with a blank."""
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def _clean(value: Any) -> Any:  # noqa: ANN401 - a JSON tree
    """Return a JSON tree without halves of characters, which stand for no byte and no letter."""
    if isinstance(value, str):
        return value if value.isascii() else _HALVES.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_clean(key): _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value


def row_of(line: bytes) -> Row | None:
    """Return the object of a line, which syslog or a prefix may stand in front of; None where there is none."""
    start = line.find(b"{")
    if start < 0:
        return None
    value = decoded(line[start:].rstrip(b" \r\0") if start or line[-1:] in b" \r\0" else line)
    return value if isinstance(value, dict) else None


def pick(row: Any, *names: str) -> Any:  # noqa: ANN401 - a JSON tree
    """Return the first of these that a row has: ``process.args`` as it stands, or as ``args`` of ``process``; None for none."""
    for name in names:
        if isinstance(row, dict) and name in row:
            if row[name] is not None:
                return row[name]
            continue
        found = _walk(row, name)
        if found is not None:
            return found
    return None


def _walk(row: Any, name: str) -> Any:  # noqa: ANN401 - a JSON tree
    """Return what a dotted name leads to; parts of it may stand together as one key."""
    at = row
    for part in _parts(name):
        if type(at) is not dict:
            return None
        if part not in at:
            # few rows have keys with dots in them
            return _walk_joined(row, name) if "." in "".join(map(str, at)) else None
        at = at[part]
    return at


@lru_cache(4096)
def _parts(name: str) -> tuple[str, ...]:
    return tuple(name.split("."))


def _walk_joined(row: Any, name: str) -> Any:  # noqa: ANN401 - a JSON tree
    """Return what a dotted name leads to where keys hold dots themselves."""
    if not isinstance(row, dict):
        return None
    if name in row:
        return row[name]
    head, _, rest = name.partition(".")
    while rest:
        if head in row:
            return _walk_joined(row[head], rest)
        part, _, rest = rest.partition(".")
        head = f"{head}.{part}"
    return None


def text(row: Any, *names: str) -> str:  # noqa: ANN401 - a JSON tree
    """Return a value as text; empty for none, and for an object or a list."""
    value = pick(row, *names) if names else row
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return ""
    return str(value)


def number(row: Any, *names: str) -> int | None:  # noqa: ANN401 - a JSON tree
    """Return a value as a number that is not negative, None where it is none."""
    value = pick(row, *names)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 1 << 63 else None
    if isinstance(value, float):
        return int(value) if 0 <= value < 1 << 53 else None
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 19 else None


def words(row: Any, *names: str) -> tuple[str, ...]:  # noqa: ANN401 - a JSON tree
    """Return a list of words; empty where there is none. What is no text in it becomes text."""
    value = pick(row, *names)
    if not isinstance(value, list):
        return ()
    return tuple(each if isinstance(each, str) else "" if each is None else str(each) for each in value)


def listed(row: Any, *names: str) -> list[Any]:  # noqa: ANN401 - a JSON tree
    """Return a value that is a list; an empty one where it is none."""
    value = pick(row, *names)
    return value if isinstance(value, list) else []


def pairs(value: Any) -> dict[str, str]:  # noqa: ANN401 - a JSON tree
    """Return an environment: a mapping, a list of ``NAME=VALUE``, or of names with values."""
    found: dict[str, str] = {}
    if isinstance(value, dict):
        return {str(k): v for k, v in value.items() if isinstance(v, str)}
    for each in value if isinstance(value, list) else ():
        if isinstance(each, str) and "=" in each:
            name, _, content = each.partition("=")
            found[name] = content
        elif isinstance(each, dict) and isinstance(each.get("name"), str):
            found[each["name"]] = text(each, "value")
    return found


def objects(value: Any, depth: int = 0) -> Iterator[Row]:  # noqa: ANN401 - a JSON tree
    """Yield the rows of a document: of a list, of the answer of a search, of an export; else the object itself."""
    if depth > DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from objects(each, depth + 1)
    elif isinstance(value, dict):
        for key in ("hits", "records", "Records", "results", "rows", "value", "events", "items"):
            inner = value.get(key)
            if isinstance(inner, list) or (key == "hits" and isinstance(inner, dict)):
                yield from objects(inner, depth + 1)
                return
        for key in ("_source", "result"):
            if isinstance(value.get(key), dict):
                yield value[key]
                return
        yield value
