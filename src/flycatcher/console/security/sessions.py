"""Sessions: what a browser holds is a random token, of which the store has only the hash."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from flycatcher.console.security import users
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

    from flycatcher.console.settings import Settings

_S = schema.sessions.c
_FRESH = 60.0
"""Seconds within which a session that was used is not written down as used again."""


class Session(Struct, frozen=True):
    """Somebody who is logged in."""

    token: str
    """The hash of what the browser holds."""
    user: str
    role: str
    csrf: str
    """What every form has to bring back."""


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name; ``__Host-`` binds it to this host and to TLS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-flycatcher" if settings.secure else "flycatcher"


def begin(connection: Connection, settings: Settings, user: str, old: str = "") -> str:
    """Start a session and end the old one; return the token for the browser."""
    token, now = secrets.token_urlsafe(32), settings.clock()
    if old:
        end(connection, hashed(old))
    connection.execute(sa.delete(schema.sessions).where(_dead(settings, now)))
    row = {"token": hashed(token), "user": user, "csrf": secrets.token_urlsafe(24), "created": now, "seen": now}
    connection.execute(sa.insert(schema.sessions), row)
    return token


def end(connection: Connection, token: str) -> None:
    """End a session by the hash of its token."""
    connection.execute(sa.delete(schema.sessions).where(_S.token == token))


def find(engine: Engine, settings: Settings, token: str) -> Session | None:
    """Return the session of a browser's token, None where there is none, it has ended, or its user is gone."""
    if not token or len(token) > 128:
        return None
    now = settings.clock()
    with reading(engine) as connection:
        known = sa.select(schema.sessions).where(_S.token == hashed(token), sa.not_(_dead(settings, now)))
        row = connection.execute(known).mappings().first()
        user = users.find(connection, row["user"]) if row else None
    role = user["role"] if user else settings.header_role
    if row is None or role is None:
        return None
    if now - row["seen"] > _FRESH:
        with engine.begin() as connection:
            connection.execute(sa.update(schema.sessions).where(_S.token == row["token"]).values(seen=now))
    return Session(row["token"], row["user"], role, row["csrf"])


def hashed(token: str) -> str:
    """Return what the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _dead(settings: Settings, now: float) -> sa.ColumnElement[bool]:
    return sa.or_(_S.seen < now - settings.idle, _S.created < now - settings.longest)
