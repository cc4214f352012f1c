"""Proofs as text: of inclusion as C2SP tlog-proof has them, of consistency as a witness is asked (C2SP tlog-witness)."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.ledger.checkpoint import Checkpoint, noted, parse
from flycatcher.ledger.merkle import HASH_SIZE
from flycatcher.signing.note import Note

if TYPE_CHECKING:
    from collections.abc import Iterable


HEADER = "c2sp.org/tlog-proof@v1"
_OLD = "old "
_LONGEST = 1 << 26
"""Bytes of the longest proof that is read; the record in it makes its length."""
_DEEPEST = 64
"""Hashes of the longest proof that is read: twice the height of any tree, and more."""


class _Proof(Struct, frozen=True):
    """What both have."""

    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note
    """The checkpoint's text and signatures."""


class Inclusion(_Proof, frozen=True):
    """That an entry is in a ledger."""

    index: int
    body: bytes
    """What was logged, from which the entry follows."""


class Consistency(_Proof, frozen=True):
    """That a ledger continues what it was with fewer entries."""

    old: int


def write_inclusion(index: int, body: bytes, hashes: Iterable[bytes], checkpoint: bytes) -> bytes:
    """Return an inclusion proof; the body stands in its line of extra data."""
    lines = [HEADER, f"extra {_encoded(body)}", f"index {index}", *map(_encoded, hashes), "", ""]
    return "\n".join(lines).encode() + checkpoint


def write_consistency(old: int, hashes: Iterable[bytes], checkpoint: bytes) -> bytes:
    """Return a consistency proof."""
    return "\n".join([f"{_OLD}{old}", *map(_encoded, hashes), "", ""]).encode() + checkpoint


def parse_proof(data: bytes) -> Inclusion | Consistency:
    """Return a proof. Raises ValueError, which says what is wrong with it."""
    head, blank, rest = data.partition(b"\n\n")
    checkpoint, note = parse(rest), noted(rest)
    if len(data) > _LONGEST or not blank or checkpoint is None or note is None:
        raise ValueError("no checkpoint of a ledger at its end")
    lines = head.decode().split("\n")
    if lines[0].startswith(_OLD):
        return Consistency(_hashes(lines[1:]), checkpoint, note, _number(lines[0], _OLD))
    if lines[0] != HEADER or len(lines) < 3:
        raise ValueError(f"it begins neither with {HEADER} nor with {_OLD}")
    body = _decoded(lines[1].removeprefix("extra ")) if lines[1].startswith("extra ") else None
    if body is None:
        raise ValueError("the record is not in it")
    return Inclusion(_hashes(lines[3:]), checkpoint, note, _number(lines[2], "index "), body)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("a line of it is not base64") from error


def _hashes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > _DEEPEST:
        raise ValueError("it has more hashes than any proof needs")
    found = tuple(map(_decoded, lines))
    if any(len(digest) != HASH_SIZE for digest in found):
        raise ValueError("a line of it is no hash")
    return found


def _number(line: str, label: str) -> int:
    text = line.removeprefix(label)
    if not line.startswith(label) or not (text.isascii() and text.isdigit()) or str(int(text)) != text:
        raise ValueError(f"no line that says {label.strip()} and a number")
    return int(text)
