"""Keys in files: a private one is made for its owner alone, never written over, and read only where nobody else can."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.core.errors import FlycatcherError
from flycatcher.signing.keys import kind_of, parse_private, parse_verifier, private_of_pem, public_of_pem
from flycatcher.signing.note import ED25519
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.signing.keys import SigningKey, VerifierKey

_OTHERS = 0o077
_PEM = b"-----BEGIN "
_LONGEST = 4096
"""Bytes of the longest key file that is read."""


def write_private(path: str, key: SigningKey) -> None:
    """Write a private key to a new file with mode 0600. Raises FlycatcherError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
        try:
            _write_whole(descriptor, f"{key.text()}\n")
        except OSError:
            os.unlink(path)  # noqa: PTH108 - the path stays as it was given
            raise
    except FileExistsError as error:
        raise FlycatcherError(f"{path}: it exists", hint="a key is never written over; give another name") from error
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint="the key goes to a new file") from error


def _write_whole(descriptor: int, text: str) -> None:
    """Write a file of our own, so that the disk has it."""
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)
        file.flush()
        os.fsync(descriptor)


def read_private(path: str, *, kind: int) -> SigningKey:
    """Return the private key of a file, which must be of this kind and have a name. Raises as :func:`any_private`."""
    key = any_private(path)
    if not key.verifier.name:
        raise FlycatcherError(
            f"{path}: a PEM key has no name", hint="flycatcher ledger keygen makes one that has", code=2
        )
    return _of_kind(path, key, kind)


def read_signer(path: str) -> SigningKey:
    """Return the private key that signs an attestation, PEM too. Raises as :func:`any_private`."""
    return _of_kind(path, any_private(path), ED25519)


def _of_kind(path: str, key: SigningKey, kind: int) -> SigningKey:
    if key.verifier.kind != kind:
        raise FlycatcherError(f"{path}: it is the key of {kind_of(key.verifier)}", hint="give each its own key", code=2)
    return key


def any_private(path: str) -> SigningKey:
    """Return the private key of a file, PEM or in a line of its own. Raises FlycatcherError, in which nothing of it is repeated."""
    data = _read_closed(path)
    try:
        return private_of_pem(data) if data.startswith(_PEM) else parse_private(data.decode())
    except ValueError as error:  # UnicodeDecodeError too
        said = "it is not text" if isinstance(error, UnicodeError) else str(error)
        raise FlycatcherError(f"{path}: no private key: {said}", hint="flycatcher ledger keygen makes one") from error


def read_verifier(given: str, *, kind: int = ED25519, pem: bool = False) -> VerifierKey:
    """Return a verifier key, given as text or as a file that holds it; ``pem``: also one in PEM. Raises FlycatcherError."""
    data, place = given.encode("utf-8", "surrogateescape"), visible(given)
    if "+" not in given or Path(given).is_file():
        try:
            data = Path(given).read_bytes()[:_LONGEST]
        except OSError as error:
            said = error.strerror or "it cannot be read"
            raise FlycatcherError(
                f"{place}: {said}", hint="give the key itself, or a file that holds it", code=3
            ) from error
    try:
        key = public_of_pem(data) if pem and data.startswith(_PEM) else parse_verifier(data.decode())
    except ValueError as error:
        said = "it is not text" if isinstance(error, UnicodeError) else str(error)
        hint = "a verifier key is NAME+ID+KEY, as flycatcher ledger keygen prints it"
        raise FlycatcherError(f"{place}: no verifier key: {said}", hint=hint, code=2) from error
    if key.kind != kind:
        raise FlycatcherError(f"{place}: it is the key of {kind_of(key)}", hint="give each its own key", code=2)
    return key


def _read_closed(path: str) -> bytes:
    """Return a file's content. Raises FlycatcherError where others can read it."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the path stays as it was given
            found = os.fstat(file.fileno())
            data = file.read(_LONGEST)
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint="give the file of a private key", code=3) from error
    if stat.S_ISREG(found.st_mode) and found.st_mode & _OTHERS:
        hint = f"take their rights away: chmod 600 {visible(path)}"
        raise FlycatcherError(f"{path}: others can read this private key", hint=hint)
    return data
