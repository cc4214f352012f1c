"""``ledger cosign``: what a witness does, with the file in which the last checkpoint stands that it signed."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flycatcher.commands.ledger.files import content, put
from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import say
from flycatcher.ledger.checkpoint import parse
from flycatcher.ledger.witness import RefusedError, cosigned, examine
from flycatcher.signing.files import read_private, read_verifier
from flycatcher.signing.note import COSIGNATURE, ED25519
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def cosign(file: Path, *, key: str, log: str, seen: str, output: Path | None) -> None:
    """Sign a checkpoint if it continues the one that was seen last, which it then becomes. Raises FlycatcherError."""
    signer, verifier = read_private(key, kind=COSIGNATURE), read_verifier(log, kind=ED25519)
    with _last(seen) as last:
        try:
            note = examine(content(file), verifier, last)
        except RefusedError as error:
            raise FlycatcherError(
                f"{file}: not signed: {error}", hint="ask who keeps the ledger before anything else"
            ) from error
        signed = cosigned(note, signer)
        _keep(seen, note.data())
    put(signed, output)
    found = parse(signed)
    say(
        f"signed {counted(found.size if found else 0, 'entry', 'entries')} of {verifier.name} as {signer.verifier.name}"
    )


@contextmanager
def _last(path: str) -> Iterator[bytes | None]:
    """Yield the checkpoint that was seen last, None: there is none yet; nobody else signs meanwhile. Raises FlycatcherError."""
    try:
        with open(f"{path}.lock", "ab") as lock:  # noqa: PTH123 - the path stays as it was given
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                with open(path, "rb") as file:  # noqa: PTH123 - as above
                    last: bytes | None = file.read()
            except FileNotFoundError:
                last = None
            yield last
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint="--seen is a file of the witness's own") from error


def _keep(path: str, data: bytes) -> None:
    """Put a checkpoint in place of the last one, on the disk before anything is signed."""
    scratch = f"{path}.new"
    with open(scratch, "wb") as file:  # noqa: PTH123 - as above
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(scratch, path)  # noqa: PTH105 - as above
