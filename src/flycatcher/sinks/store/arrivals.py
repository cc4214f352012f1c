"""Sightings in the order in which they were stored: who remembers a number misses none, and gets none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flycatcher.core.levels import LEVELS
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading
from flycatcher.sinks.store.language import parse
from flycatcher.sinks.store.search import narrowed

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

_A, _E, _D = schema.arrivals.c, schema.executions.c, schema.detections.c


def last_number(engine: Engine) -> int:
    """Return the number of the last arrival, 0 before the first."""
    with reading(engine) as connection:
        return int(connection.scalar(sa.select(sa.func.max(_A.number))) or 0)


def arrived(engine: Engine, number: int, query: str = "", *, limit: int = 100) -> list[dict[str, Any]]:
    """Return sightings that were stored after a number and that a query finds, in order. Raises FlycatcherError."""
    columns = (
        _E.uid, _E.time, _E.fingerprint, _E.host, _E.level, _E.score, _E.interpreter, _E.vector, _E.environment, _E.command,
        _D.title,
    )  # fmt: skip
    with reading(engine) as connection:
        later = sa.select(_A.uid).where(_A.number > number)
        wanted = narrowed(connection, parse(query), columns).where(_E.uid.in_(later)).subquery()
        chosen = sa.select(_A.number, wanted).join(wanted, wanted.c.uid == _A.uid).where(_A.number > number)
        rows = connection.execute(chosen.order_by(_A.number).limit(limit)).mappings()
        return [dict(row) | {"level": LEVELS[row["level"]]} for row in rows]
