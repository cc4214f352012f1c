"""The checkpoint: the size and the head of the tree, in the three lines that C2SP tlog-checkpoint has before signatures."""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress

from msgspec import Struct

from flycatcher.ledger.merkle import HASH_SIZE

ORIGIN = "flycatcher.ledger/1"


class Checkpoint(Struct, frozen=True):
    """What a ledger holds, in one hash."""

    size: int
    root: bytes

    def text(self) -> bytes:
        """Return the file's content."""
        return f"{ORIGIN}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()


def parse(data: bytes) -> Checkpoint | None:
    """Return a checkpoint; None where it is not exactly what :meth:`Checkpoint.text` writes."""
    lines = data.split(b"\n")
    with suppress(ValueError, IndexError, binascii.Error):
        found = Checkpoint(int(lines[1]), base64.b64decode(lines[2], validate=True))
        if found.size >= 0 and len(found.root) == HASH_SIZE and found.text() == data:
            return found
    return None
