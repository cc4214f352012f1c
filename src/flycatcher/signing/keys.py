"""Ed25519 keys as text: verifier keys of C2SP signed-note (``NAME+ID+KEY``), and the private ones that Go's sumdb/note writes.

The library (extra ``sign``) is imported by what signs and checks, and by nothing else.
"""

from __future__ import annotations

import base64
import binascii
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from flycatcher.extras import needed
from flycatcher.signing.note import COSIGNATURE, ED25519, Signature, is_name, key_id

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from flycatcher.signing.note import Note

Standing = Literal["good", "missing", "wrong"]
"""Of one key's signature under a note."""
PRIVATE = "PRIVATE+KEY+"
_DER = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 public key in DER (RFC 8410, section 4)."""
_SIZE = 32
"""Bytes of a key, public or private (RFC 8032)."""
_TIME = 8
"""Bytes of a cosignature's time."""
_KINDS = {ED25519: "a log", COSIGNATURE: "a witness"}


class VerifierKey(Struct, frozen=True):
    """A public key, and the name that it signs under."""

    name: str
    kind: int
    """:data:`ED25519` or :data:`COSIGNATURE`."""
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes by which signatures name it."""
        return key_id(self.name, self.kind, self.public)

    @property
    def label(self) -> str:
        """Return what names the key in an envelope: name and id; of one that has no name (PEM), the SHA-256 of its DER form."""
        return f"{self.name}+{self.key_id.hex()}" if self.name else sha256(_DER + self.public).hexdigest()

    def text(self) -> str:
        """Return the verifier key in one line."""
        return f"{self.name}+{_tail(self.key_id, self.kind, self.public)}"

    def verifies(self, value: bytes, message: bytes) -> bool:
        """Whether this is the key's plain Ed25519 signature of a message."""
        public = _public(self.public)
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - see _library()

        try:
            public.verify(value, message)
        except InvalidSignature:
            return False
        return True

    def standing(self, note: Note) -> Standing:
        """Return whether a note has this key's signature, and whether it is right."""
        found = [each.value for each in note.signatures if (each.name, each.key_id) == (self.name, self.key_id)]
        if not found:
            return "missing"
        return "good" if all(self._holds(value, note.text) for value in found) else "wrong"

    def _holds(self, value: bytes, text: bytes) -> bool:
        if self.kind == ED25519:
            return self.verifies(value, text)
        return self.verifies(value[_TIME:], _cosigned(int.from_bytes(value[:_TIME], "big"), text))


class SigningKey(Struct, frozen=True):
    """A private key."""

    verifier: VerifierKey
    seed: bytes

    def text(self) -> str:
        """Return the private key in one line."""
        key = self.verifier
        return f"{PRIVATE}{key.name}+{_tail(key.key_id, key.kind, self.seed)}"

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of an Ed25519 signature."""
        return _private(self.seed).sign(message)

    def signature(self, text: bytes, now: float | None = None) -> Signature:
        """Return the signature that goes under a note; a witness's has a time in it (seconds since 1970; now)."""
        key = self.verifier
        if key.kind == ED25519:
            return Signature(key.name, key.key_id, self.sign(text))
        moment = int(time.time() if now is None else now)
        value = moment.to_bytes(_TIME, "big") + self.sign(_cosigned(moment, text))
        return Signature(key.name, key.key_id, value)


def cosigned_at(key: VerifierKey, note: Note) -> int:
    """Return the latest time of a witness's signatures under a note, which were checked before; seconds since 1970."""
    mine = [each.value for each in note.signatures if (each.name, each.key_id) == (key.name, key.key_id)]
    return max(int.from_bytes(value[:_TIME], "big") for value in mine)


def generate(name: str, kind: int) -> SigningKey:
    """Return a new key. Raises FlycatcherError where the library is missing, ValueError for a name that is none."""
    if not is_name(name):
        raise ValueError("a key's name has no blanks, no plus sign and no control characters in it")
    _library()
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - see _library()

    return from_seed(name, kind, ed25519.Ed25519PrivateKey.generate().private_bytes_raw())


def from_seed(name: str, kind: int, seed: bytes) -> SigningKey:
    """Return the key of 32 random bytes."""
    public = _private(seed).public_key().public_bytes_raw()
    return SigningKey(VerifierKey(name, kind, public), seed)


def parse_verifier(text: str) -> VerifierKey:
    """Return a verifier key. Raises ValueError, which says what is wrong with it."""
    name, kind, public, given = _parsed(text.strip())
    key = VerifierKey(name, kind, public)
    if key.key_id != given:
        raise ValueError("its id does not fit its name and its key")
    if key.text() != text.strip():
        raise ValueError("it is not written as it has to be: lower case, whole base64")
    return key


def parse_private(text: str) -> SigningKey:
    """Return a private key. Raises ValueError, in which nothing of the text is repeated."""
    if not text.startswith(PRIVATE):
        raise ValueError(f"it does not begin with {PRIVATE}")
    name, kind, seed, given = _parsed(text.removeprefix(PRIVATE).strip())
    key = from_seed(name, kind, seed)
    if key.verifier.key_id != given:
        raise ValueError("its id does not fit its name and its key")
    return key


def private_of_pem(data: bytes) -> SigningKey:
    """Return the Ed25519 key, without a name, of a PEM file (PKCS #8). Raises ValueError, in which nothing of it is repeated."""
    _library()
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see _library()
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - as above

    try:
        found = serialization.load_pem_private_key(data, password=None)
    except TypeError as error:
        raise ValueError("it is encrypted: take the passphrase away") from error
    except Exception as error:  # the library has several of its own
        raise ValueError("it is no PEM file of a key") from error
    if not isinstance(found, ed25519.Ed25519PrivateKey):
        raise ValueError("it is no Ed25519 key")  # noqa: TRY004 - what a file holds is a value
    return from_seed("", ED25519, found.private_bytes_raw())


def public_of_pem(data: bytes) -> VerifierKey:
    """Return the Ed25519 key, without a name, of a PEM file (SPKI). Raises ValueError."""
    _library()
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see _library()
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - as above

    try:
        found = serialization.load_pem_public_key(data)
    except Exception as error:  # the library has several of its own
        raise ValueError("it is no PEM file of a public key") from error
    if not isinstance(found, ed25519.Ed25519PublicKey):
        raise ValueError("it is no Ed25519 key")  # noqa: TRY004 - what a file holds is a value
    return VerifierKey("", ED25519, found.public_bytes_raw())


def kind_of(key: VerifierKey) -> str:
    """Return whose key it is, in two words."""
    return _KINDS[key.kind]


def _parsed(text: str) -> tuple[str, int, bytes, bytes]:
    """Return name, type, key and id of what stands between plus signs. Raises ValueError."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not is_name(parts[0]):
        raise ValueError("it is not NAME+ID+KEY")
    try:
        given, key = bytes.fromhex(parts[1]), base64.b64decode(parts[2], validate=True)
    except (ValueError, binascii.Error) as error:
        raise ValueError("its id is not hexadecimal, or its key is not base64") from error
    if len(key) != 1 + _SIZE or key[0] not in _KINDS:
        raise ValueError("it is no Ed25519 key")
    return parts[0], key[0], key[1:], given


def _tail(identifier: bytes, kind: int, key: bytes) -> str:
    return f"{identifier.hex()}+{base64.b64encode(bytes([kind]) + key).decode()}"


def _cosigned(moment: int, text: bytes) -> bytes:
    """Return what a witness signs (tlog-cosignature, Ed25519 signed message)."""
    return b"cosignature/v1\ntime %d\n" % moment + text


def _library() -> None:
    """Raise FlycatcherError where the library is missing."""
    with needed("cryptography", "sign"):
        import cryptography  # noqa: F401, PLC0415 - looked for before it is used


def _public(key: bytes) -> Ed25519PublicKey:
    _library()
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - see _library()

    return ed25519.Ed25519PublicKey.from_public_bytes(key)


def _private(seed: bytes) -> Ed25519PrivateKey:
    _library()
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - see _library()

    return ed25519.Ed25519PrivateKey.from_private_bytes(seed)
