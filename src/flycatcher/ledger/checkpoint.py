"""The checkpoint: the size and the head of the tree, as C2SP tlog-checkpoint writes them, with signatures or without."""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.ledger.merkle import HASH_SIZE
from flycatcher.signing.note import Note
from flycatcher.signing.note import parse as parse_note

if TYPE_CHECKING:
    from flycatcher.signing.keys import SigningKey

ORIGIN = "flycatcher.ledger/1"
"""The origin of a ledger that is not signed; of one that is, the name of its key."""


class Checkpoint(Struct, frozen=True):
    """What a ledger holds, in one hash."""

    size: int
    root: bytes
    origin: str = ORIGIN

    def text(self) -> bytes:
        """Return its three lines: what is signed, and the file's content where nothing is."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()

    def data(self, signer: SigningKey | None) -> bytes:
        """Return the file's content; ``signer``: who signs it, None: nobody."""
        text = self.text()
        return text if signer is None else Note(text, (signer.signature(text),)).data()


def parse(data: bytes) -> Checkpoint | None:
    """Return a checkpoint; None where it is not exactly what :meth:`Checkpoint.text` writes, with or without signatures."""
    note = noted(data)
    return None if note is None else _of_text(note.text)


def noted(data: bytes) -> Note | None:
    """Return a checkpoint's text and its signatures, of which there may be none; None where it is no checkpoint.

    One that is signed has the name of one of its keys as its origin; one that is not has ours.
    """
    with suppress(ValueError):
        note = parse_note(data) if b"\n\n" in data else Note(data, ())
        found = _of_text(note.text)
        names = {each.name for each in note.signatures} or {ORIGIN}
        return note if found is not None and found.origin in names else None
    return None


def _of_text(text: bytes) -> Checkpoint | None:
    with suppress(ValueError, IndexError, binascii.Error):
        origin, size, root = text.decode().split("\n")[:3]
        found = Checkpoint(int(size), base64.b64decode(root, validate=True), origin)
        if found.size >= 0 and len(found.root) == HASH_SIZE and found.text() == text:
            return found
    return None
