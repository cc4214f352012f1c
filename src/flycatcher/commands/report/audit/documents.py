"""JSON that other commands wrote, read strictly: what is wrong is named by file, line and field."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from pathlib import Path

Found = TypeVar("Found")
SIZE_LIMIT = 64 << 20
_STEP = re.compile(r"\.([^.\[\]`]+)|\[(\d+|\.\.\.)\]")
_BLANK = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


def document(path: Path, kind: type[Found], schema: str, hint: str) -> Found:
    """Return a file's content, whose ``schema`` is this one. Raises FlycatcherError.

    ``hint``: the command that writes such a file.
    """
    text = _text(path, hint)
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise FlycatcherError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}", hint=hint) from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number of too many digits
        raise FlycatcherError(f"{path}: not JSON that can be read: {error}", hint=hint) from error
    said = tree.get("schema") if isinstance(tree, dict) else None
    if said != schema:
        what = f"schema is {str(said)[:60]!r}, not {schema!r}" if said is not None else f"schema: {schema!r} is missing"
        raise FlycatcherError(f"{path}:{line_of(text, ['schema'])}: {what}", hint=hint)
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        raise _explained(path, text, str(error), hint) from error


def _text(path: Path, hint: str) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
        if len(data) > SIZE_LIMIT:
            raise FlycatcherError(f"{path}: more than {SIZE_LIMIT >> 20} MiB", hint=hint)
        return data.decode("utf-8-sig")
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint=hint, code=3) from error
    except UnicodeDecodeError as error:
        raise FlycatcherError(f"{path}: byte {error.start} is not UTF-8", hint=hint) from error


def _explained(path: Path, text: str, message: str, hint: str) -> FlycatcherError:
    """Turn msgspec's message (``Expected `str`, got `int` - at `$.outcomes[3].status```) into one with the line."""
    said, _, place = message.partition(" - at `")
    place = place.rstrip("`")
    steps = [name or (0 if number == "..." else int(number)) for name, number in _STEP.findall(place)]
    field = place.removeprefix("$").removeprefix(".") or "the document"
    return FlycatcherError(f"{path}:{line_of(text, steps)}: {field}: {said[:1].lower()}{said[1:]}", hint=hint)


def line_of(text: str, steps: list[str | int]) -> int:
    """Return the line of a value in JSON that is well-formed; of the nearest one around it where it is not there."""
    at = _skip(text, 0)
    for step in steps:
        inner = _member(text, at, step)
        if inner is None:
            break
        at = inner
    return text.count("\n", 0, at) + 1


def _member(text: str, at: int, wanted: str | int) -> int | None:
    """Return where a member of an object or an array begins, None where it is not there; of two of one name, the last."""
    closing = {"{": "}", "[": "]"}.get(text[at : at + 1])
    found, number, at = None, 0, _skip(text, at + 1)
    while closing and text[at] != closing:
        name: Any = number
        if closing == "}":
            end = _end(text, at)
            name = json.loads(text[at:end])
            at = _skip(text, _skip(text, end) + 1)  # behind the colon
        if name == wanted:
            found = at
        at = _skip(text, _end(text, at))
        at = _skip(text, at + 1) if text[at] == "," else at
        number += 1
    return found


def _skip(text: str, at: int) -> int:
    """Return where what follows blanks begins."""
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _end(text: str, at: int) -> int:
    """Return where a value ends; a text is one token, so that no bracket in it counts."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth == 0 and token[0] not in ",:":
            return token.end()
    return len(text)
