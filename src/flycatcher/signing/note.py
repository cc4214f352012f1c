"""Signed notes: a text, an empty line, and lines of signatures. Source: C2SP signed-note v1.0.0 (https://c2sp.org/signed-note)."""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256

from msgspec import Struct

ED25519 = 0x01
"""The type of a key that signs a note's text."""
COSIGNATURE = 0x04
"""The type of a key that signs a checkpoint and a time (C2SP tlog-cosignature)."""
_DASH = "— "
_ID = 4
"""Bytes of a key's id."""
_MOST = 64
"""Signatures that are read of one note; the specification asks for 16 at least."""
_LONGEST = 1 << 20
"""Bytes of the longest note that is read."""


class Signature(Struct, frozen=True):
    """One line under a note."""

    name: str
    """Of the key."""
    key_id: bytes
    value: bytes

    def line(self) -> bytes:
        """Return the line as it stands in a note, with its end."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n".encode()


class Note(Struct, frozen=True):
    """A text and the signatures under it."""

    text: bytes
    """Ends in a newline."""
    signatures: tuple[Signature, ...]

    def data(self) -> bytes:
        """Return the note's file."""
        return self.text + b"\n" + b"".join(each.line() for each in self.signatures)


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the four bytes by which signatures name a key."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:_ID]


def is_name(text: str) -> bool:
    """Whether a text may name a key: no spaces, no plus sign, nothing that a terminal acts on."""
    return bool(text) and "+" not in text and text.isprintable() and not any(map(str.isspace, text))


def parse(data: bytes) -> Note:
    """Return a note. Raises ValueError where it is none; whose the signatures are, it does not say."""
    if len(data) > _LONGEST:
        raise ValueError("it is too long for a note")
    if any(byte < 0x20 and byte != 0x0A for byte in data):
        raise ValueError("it has control characters in it")
    text, blank, lines = data.decode().rpartition("\n\n")
    if not blank or not text or not lines.endswith("\n"):
        raise ValueError("it has no signatures under an empty line")
    rows = lines[:-1].split("\n")
    if len(rows) > _MOST:
        raise ValueError(f"it has more than {_MOST} signatures")
    return Note(f"{text}\n".encode(), tuple(map(_signature, rows)))


def _signature(row: str) -> Signature:
    """Return a line's signature. Raises ValueError."""
    name, blank, code = row.removeprefix(_DASH).partition(" ")
    if not row.startswith(_DASH) or not blank or not is_name(name):
        raise ValueError("a line under it is no signature")
    try:
        value = base64.b64decode(code, validate=True)
    except binascii.Error as error:
        raise ValueError("a signature under it is not base64") from error
    if len(value) <= _ID or base64.b64encode(value).decode() != code:
        raise ValueError("a signature under it is cut off, or not base64 as it is written")
    return Signature(name, value[:_ID], value[_ID:])
