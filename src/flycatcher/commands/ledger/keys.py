"""``ledger keygen`` and ``ledger public-key``."""

from __future__ import annotations

from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import echo
from flycatcher.signing.files import any_private, write_private
from flycatcher.signing.keys import generate
from flycatcher.signing.note import COSIGNATURE, ED25519


def keygen(path: str, name: str, *, witness: bool) -> None:
    """Write a new private key, and print the verifier key. Raises FlycatcherError."""
    try:
        key = generate(name, COSIGNATURE if witness else ED25519)
    except ValueError as error:
        hint = "a name such as ci.example.com/ledger says whose it is"
        raise FlycatcherError(f"--name: {error}", hint=hint, code=2) from error
    write_private(path, key)
    echo(key.verifier.text())


def public_key(path: str) -> None:
    """Print the verifier key of a private one. Raises FlycatcherError."""
    key = any_private(path).verifier
    if not key.name:
        raise FlycatcherError(
            f"{path}: a PEM key has no name", hint="openssl pkey -pubout prints its public key", code=2
        )
    echo(key.text())
