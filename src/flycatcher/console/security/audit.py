"""Who looked at what and who changed what."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

Action = Literal[
    "looked", "exported", "followed", "triage", "note", "login", "login failed", "logout", "password", "user added",
    "user changed", "user removed",
]  # fmt: skip
PAGE = 100
KEPT = 400 * 86_400.0
"""Seconds after which an entry goes."""
_TARGET = 500
_A = schema.audit.c


def write(connection: Connection, who: str, address: str, action: Action, target: str) -> None:
    """Add an entry."""
    row = {"time": time.time(), "who": who[:64], "address": address[:64], "action": action, "target": target[:_TARGET]}
    connection.execute(sa.insert(schema.audit), row)


def entries(engine: Engine, *, who: str = "", after: str = "", limit: int = PAGE) -> tuple[list[dict[str, Any]], str]:
    """Return entries, the newest first, and the key of the next page."""
    chosen = sa.select(schema.audit).order_by(_A.number.desc()).limit(limit + 1)
    if who:
        chosen = chosen.where(_A.who == who)
    if after.isascii() and after.isdigit() and len(after) < 16:
        chosen = chosen.where(_A.number < int(after))
    with reading(engine) as connection:
        rows = [dict(row) for row in connection.execute(chosen).mappings()]
    more, rows = len(rows) > limit, rows[:limit]
    return rows, str(rows[-1]["number"]) if more else ""


def forget_old(engine: Engine) -> None:
    """Delete entries that are older than :data:`KEPT`."""
    with engine.begin() as connection:
        connection.execute(sa.delete(schema.audit).where(_A.time < time.time() - KEPT))
