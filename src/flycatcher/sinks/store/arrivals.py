"""Sightings in the order in which they were stored: who remembers a number misses none, and gets none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flycatcher.core.levels import LEVELS
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

_A, _E, _D = schema.arrivals.c, schema.executions.c, schema.detections.c


def last_number(engine: Engine) -> int:
    """Return the number of the last arrival, 0 before the first."""
    with reading(engine) as connection:
        return int(connection.scalar(sa.select(sa.func.max(_A.number))) or 0)


def arrived(engine: Engine, number: int, limit: int = 100) -> list[dict[str, Any]]:
    """Return sightings that were stored after a number, in order."""
    joined = schema.arrivals.join(schema.executions, _E.uid == _A.uid).join(
        schema.detections, _D.fingerprint == _E.fingerprint
    )
    chosen = sa.select(
        _A.number, _E.uid, _E.time, _E.fingerprint, _E.host, _E.level, _E.score, _E.interpreter, _E.vector, _E.environment,
        _E.command, _D.title,
    ).select_from(joined)  # fmt: skip
    with reading(engine) as connection:
        rows = connection.execute(chosen.where(_A.number > number).order_by(_A.number).limit(limit)).mappings()
        return [dict(row) | {"level": LEVELS[row["level"]]} for row in rows]
