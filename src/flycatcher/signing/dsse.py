"""Envelopes around what is signed: DSSE v1.0 (https://github.com/secure-systems-lab/dsse, protocol.md and envelope.md)."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from flycatcher.signing.keys import SigningKey, VerifierKey

IN_TOTO = "application/vnd.in-toto+json"
"""The type of a payload that is an in-toto statement (in-toto attestation v1, envelope.md)."""
_MOST = 64
"""Signatures that are looked at."""


class EnvelopeSignature(Struct, frozen=True):
    """One signature; ``keyid`` is a hint, and nothing that can be trusted."""

    sig: str
    keyid: str | None = None


class Envelope(Struct, frozen=True, rename="camel"):
    """The JSON of an envelope."""

    payload: str
    payload_type: str
    signatures: tuple[EnvelopeSignature, ...]

    def content(self) -> bytes:
        """Return what is in it. Raises ValueError."""
        return _decoded(self.payload)


def sealed(payload: bytes, kind: str, key: SigningKey | None) -> bytes:
    """Return an envelope in one line of JSON; ``key``: who signs it, None: nobody does yet."""
    signatures = []
    if key is not None:
        signatures.append(EnvelopeSignature(_encoded(key.sign(pae(kind, payload))), key.verifier.label))
    return msgspec.json.encode(Envelope(_encoded(payload), kind, tuple(signatures))) + b"\n"


def opened(data: bytes) -> Envelope:
    """Return an envelope. Raises ValueError where it is none; whose the signatures are, it does not say."""
    found = msgspec.json.decode(data, type=Envelope)
    if len(found.signatures) > _MOST:
        raise ValueError(f"it has more than {_MOST} signatures")
    return found


def is_signed(envelope: Envelope, key: VerifierKey) -> bool:
    """Whether one of the signatures is the key's, whatever hint stands beside it. Raises ValueError."""
    message = pae(envelope.payload_type, envelope.content())
    return any(key.verifies(_decoded(each.sig), message) for each in envelope.signatures)


def pae(kind: str, payload: bytes) -> bytes:
    """Return what is signed: type and payload, each behind its length (protocol.md, pre-authentication encoding)."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    """Return the bytes of standard or URL-safe base64, both of which DSSE allows."""
    try:
        return base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("it is not base64") from error
