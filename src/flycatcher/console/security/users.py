"""The people who may use the console."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flycatcher.console.security import passwords
from flycatcher.console.settings import ROLES
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

FIRST = "admin"
"""The name of the first user."""
_U, _S = schema.users.c, schema.sessions.c
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")


def everyone(engine: Engine) -> list[dict[str, Any]]:
    """Return all users by name, without their passwords; ``local``: whether they have one."""
    with reading(engine) as connection:
        rows = connection.execute(sa.select(schema.users).order_by(_U.name)).mappings()
        return [
            {name: row[name] for name in ("name", "role", "created", "changed")} | {"local": bool(row["password"])}
            for row in rows
        ]


def first_password(engine: Engine) -> str:
    """Make the first administrator where there is no user yet; return the password, empty where there was one."""
    password = passwords.generated()
    with engine.begin() as connection:
        if connection.scalar(sa.select(sa.func.count()).select_from(schema.users)):
            return ""
        _insert(connection, FIRST, "admin", passwords.hashed(password))
    return password


def find(connection: Connection, name: str) -> dict[str, Any] | None:
    """Return a user's row, None for a name that is not there."""
    row = connection.execute(sa.select(schema.users).where(_U.name == name)).mappings().first()
    return dict(row) if row else None


def add(connection: Connection, name: str, role: str, password: str = "") -> None:
    """Add a user; without a password, one whom only a proxy can name. Raises FlycatcherError."""
    _check(name, role)
    if find(connection, name):
        raise FlycatcherError(f"{name}: there is such a user", hint="flycatcher console user list", code=2)
    _insert(connection, name, role, passwords.hashed(password) if password else "")


def set_password(connection: Connection, name: str, password: str) -> None:
    """Change a password, and end all sessions of the user. Raises FlycatcherError."""
    _change(connection, name, {"password": passwords.hashed(password)})


def set_role(connection: Connection, name: str, role: str) -> None:
    """Change a role. Raises FlycatcherError; the last administrator stays one."""
    _check(name, role)
    if role != "admin":
        _check_not_last(connection, name)
    _change(connection, name, {"role": role})


def remove(connection: Connection, name: str) -> None:
    """Remove a user with all sessions. Raises FlycatcherError; the last administrator stays."""
    _check_not_last(connection, name)
    if not connection.execute(sa.delete(schema.users).where(_U.name == name)).rowcount:
        raise _unknown(name)
    connection.execute(sa.delete(schema.sessions).where(_S.user == name))


def _change(connection: Connection, name: str, values: dict[str, Any]) -> None:
    changed = sa.update(schema.users).where(_U.name == name).values(values | {"changed": time.time()})
    if not connection.execute(changed).rowcount:
        raise _unknown(name)
    connection.execute(sa.delete(schema.sessions).where(_S.user == name))


def _insert(connection: Connection, name: str, role: str, password: str) -> None:
    now = time.time()
    row = {"name": name, "role": role, "password": password, "created": now, "changed": now}
    connection.execute(sa.insert(schema.users), row)


def _check(name: str, role: str) -> None:
    if not _NAME.fullmatch(name):
        raise FlycatcherError(
            f"{name[:80]!r} is no name for a user", hint="letters, digits and . _ @ + -, 64 at most", code=2
        )
    if role not in ROLES:
        raise FlycatcherError(f"{role[:80]!r} is no role", hint=f"one of {', '.join(ROLES)}", code=2)


def _check_not_last(connection: Connection, name: str) -> None:
    admins = set(connection.scalars(sa.select(_U.name).where(_U.role == "admin")))
    if admins == {name}:
        raise FlycatcherError(f"{name} is the last administrator", hint="make another user one first", code=2)


def _unknown(name: str) -> FlycatcherError:
    return FlycatcherError(f"{name[:80]}: no such user", hint="flycatcher console user list", code=2)
