"""Passwords: argon2id as RFC 9106 recommends it, in a bounded number at a time."""

from __future__ import annotations

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from flycatcher.core.errors import FlycatcherError

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher()
_AT_ONCE = BoundedSemaphore(2)
"""Each takes 64 MiB: a flood of log-ins must not take all memory."""
_NOBODY = _HASHER.hash(secrets.token_hex(8))


def generated() -> str:
    """Return a password of 120 bits in groups that a person can type."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(4))


def hashed(password: str) -> str:
    """Return what is kept of a password. Raises FlycatcherError for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise FlycatcherError(
            f"a password has {SHORTEST} to {LONGEST} characters", hint="several words are easy to keep", code=2
        )
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether a password is the one; takes as long where there is none."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or _NOBODY, password[:LONGEST]) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False
