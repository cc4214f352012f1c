"""What a store keeps: by age, by size, by level; and the room of what is gone given back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from flycatcher.core.levels import LEVELS
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

_E = schema.executions.c
_PART = 5000
"""Sightings that one transaction deletes: others may write in between."""


class Kept(Struct, frozen=True):
    """What is to be kept; 0 is no bound."""

    seconds: float = 0
    """Older sightings go."""
    level: str = "none"
    """Of those that are older, the ones from this level on stay."""
    rows: int = 0
    """Of more sightings than these, the oldest of the lowest level go first."""
    bytes: int = 0
    """Of more data than these, as :func:`data` counts them, the oldest of the lowest level go first."""


def prune(engine: Engine, kept: Kept) -> int:
    """Delete what is not to be kept; return how many sightings that were."""
    gone = 0
    if kept.seconds:
        names = [str(level) for level in LEVELS]
        old = _E.time < time.time() - kept.seconds
        below = _E.level < names.index(kept.level) if kept.level != "none" else sa.true()
        gone += _delete(engine, sa.and_(old, below))
        with engine.begin() as connection:
            connection.execute(sa.delete(schema.notices).where(schema.notices.c.time < time.time() - kept.seconds))
    if kept.rows:
        gone += _delete(engine, sa.true(), kept.rows)
    if gone:
        with engine.begin() as connection:
            _orphans(connection)
    return gone + _shrink(engine, kept.bytes)


def _shrink(engine: Engine, most: int) -> int:
    """Delete the oldest of the lowest level until the data fit, or until no sighting is left."""
    gone = 0
    while most and (used := data(engine)) > most:
        with reading(engine) as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(schema.executions)) or 0
        if not total:
            return gone
        # their share of the sightings, at least: the tables themselves take room, too
        part = max(total * (used - most) // used, total // 100, 1)
        gone += _delete(engine, sa.true(), part=part)
        with engine.begin() as connection:
            _orphans(connection)
        if engine.dialect.name == "postgresql":
            with reading(engine) as connection:
                connection.exec_driver_sql("VACUUM FULL")  # its size does not fall before
    return gone


def data(engine: Engine) -> int:
    """Return the bytes of a store in use: in SQLite without the pages that are free, which new data take."""
    if engine.dialect.name == "postgresql":
        return size(engine)
    with reading(engine) as connection:
        free, each = (connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("freelist_count", "page_size"))
    return size(engine) - int(free or 0) * int(each or 0)


def _delete(engine: Engine, condition: sa.ColumnElement[bool], rows: int = 0, part: int = 0) -> int:
    """Delete sightings that the condition holds for, the oldest of the lowest level first.

    All of them; where ``rows`` is given, until so many are left; where ``part`` is given, so many.
    """
    gone = 0
    while True:
        with engine.begin() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(schema.executions)) or 0
            room = min(_PART, total - rows if rows else part - gone if part else _PART)
            if room <= 0:
                return gone
            chosen = sa.select(_E.uid).where(condition).order_by(_E.level, _E.time).limit(room)
            uids = list(connection.scalars(chosen))
            if not uids:
                return gone
            connection.execute(sa.delete(schema.executions).where(_E.uid.in_(uids)))
            gone += len(uids)


def _orphans(connection: Connection) -> None:
    """Delete what nothing refers to any more: detections, texts, jobs, hosts."""
    links, parts = schema.executions.c, schema.execution_snippets.c
    for table, key, users in (
        (schema.detections, schema.detections.c.fingerprint, [links.fingerprint]),
        (schema.snippets, schema.snippets.c.sha256, [parts.sha256, schema.detection_snippets.c.sha256]),
        (schema.jobs, schema.jobs.c.job, [links.job]),
        (schema.hosts, schema.hosts.c.host, [links.host, schema.notices.c.host]),
    ):
        for_use = [sa.exists(sa.select(1).where(user == key)) for user in users]
        connection.execute(sa.delete(table).where(sa.not_(sa.or_(*for_use))))


def vacuum(engine: Engine) -> None:
    """Give the room of what was deleted back to the file system."""
    with reading(engine) as connection:
        connection.exec_driver_sql("VACUUM")
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def size(engine: Engine) -> int:
    """Return the bytes that a store takes."""
    with reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            return int(connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
        pages, each = (connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("page_count", "page_size"))
        return int(pages or 0) * int(each or 0)
