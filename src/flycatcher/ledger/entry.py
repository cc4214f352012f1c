"""What is logged: a body (one line of JSON), and the entry over it, a small row that follows from the body alone."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from flycatcher.sinks.formats.encode import encode
from flycatcher.sinks.message import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sinks import Record

_LENGTH = 2
"""Bytes of the length before each entry of a bundle."""


class Body(Struct, frozen=True):
    """A record as it is kept."""

    time: str
    """RFC 3339 in UTC with microseconds; when it was logged."""
    kind: str
    """``detection``, ``suppressed``, ``summary``, or a notice's."""
    record: dict[str, Any]


class Row(Struct, frozen=True):
    """An entry: what the tree is made of."""

    kind: str
    time: str
    size: int
    """Bytes of the body, without the end of its line."""
    sha256: str
    """Of the body, in hexadecimal."""


def body_of(record: Record, time: str) -> bytes:
    """Return a record's body, without the end of its line."""
    return encode({"time": time, "kind": kind_of(record), "record": record})


def read_body(line: bytes) -> Body:
    """Return a body. Raises ValueError where it is none."""
    try:
        return msgspec.json.decode(line, type=Body)
    except msgspec.MsgspecError:  # bytes that are not UTF-8 are lone surrogates, see encode()
        return msgspec.convert(json.loads(line), Body)


class _Head(Struct, frozen=True):
    """What the entry takes from a body; the record is checked to be JSON, and no more."""

    time: str
    kind: str
    record: msgspec.Raw


_head = msgspec.json.Decoder(_Head)
_row = msgspec.json.Encoder()


def entry_of(line: bytes) -> bytes:
    """Return the entry over a body. Raises ValueError where it is none."""
    head: _Head | Body
    try:
        head = _head.decode(line)
    except msgspec.MsgspecError:
        head = read_body(line)
    return _row.encode(Row(head.kind, head.time, len(line), sha256(line).hexdigest()))


def bundled(entry: bytes) -> bytes:
    """Return an entry as it stands in a bundle: its length in two bytes, the high one first, then itself."""
    return len(entry).to_bytes(_LENGTH, "big") + entry


def unbundled(data: bytes) -> Iterator[bytes]:
    """Yield the entries of a bundle; one that is cut off is yielded as far as it goes."""
    start = 0
    while start < len(data):
        end = start + _LENGTH + int.from_bytes(data[start : start + _LENGTH], "big")
        yield data[start + _LENGTH : end] if end <= len(data) else data[start:]
        start = max(end, start + _LENGTH)
