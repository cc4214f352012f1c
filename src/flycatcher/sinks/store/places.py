"""Where it happened: hosts and jobs, each with how much was seen there and how bad it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.levels import LEVELS
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Engine

PAGE = 50
_E, _H, _J = schema.executions.c, schema.hosts.c, schema.jobs.c


def hosts(engine: Engine, *, like: str = "", after: str = "", limit: int = PAGE) -> tuple[list[dict[str, Any]], str]:
    """Return hosts by name, those that ``like`` is a part of, and the key of the next page."""
    chosen = sa.select(schema.hosts).order_by(_H.host).limit(limit + 1)
    if like:
        chosen = chosen.where(_H.host.icontains(like, autoescape=True))
    if after:
        chosen = chosen.where(_H.host > after)
    with reading(engine) as connection:
        rows = [dict(row) for row in connection.execute(chosen).mappings()]
        more, rows = len(rows) > limit, rows[:limit]
        names = [row["host"] for row in rows]
        counted = sa.select(_E.host, sa.func.count(), sa.func.max(_E.level)).where(_E.host.in_(names)).group_by(_E.host)
        figures = {host: (times, level) for host, times, level in connection.execute(counted)}
    for row in rows:
        times, level = figures.get(row["host"], (0, 0))
        row |= {"sightings": times, "level": LEVELS[level]}
    return rows, rows[-1]["host"] if more and rows else ""


def jobs(engine: Engine, *, like: str = "", after: str = "", limit: int = PAGE) -> tuple[list[dict[str, Any]], str]:
    """Return jobs by system, repository, workflow and name, their runs put together, and the key of the next page."""
    columns = (_J.repository, _J.workflow, _J.name, _J.system)
    each = sa.select(
        _E.job, sa.func.count().label("times"), sa.func.max(_E.level).label("level"), sa.func.max(_E.time).label("last")
    )
    seen = each.where(_E.job.is_not(None)).group_by(_E.job).subquery()
    chosen = sa.select(
        *columns,
        sa.func.count(sa.distinct(_J.run)).label("runs"),
        sa.func.sum(seen.c.times).label("sightings"),
        sa.func.max(seen.c.level).label("level"),
        sa.func.max(seen.c.last).label("last_seen"),
    ).select_from(schema.jobs.join(seen, _J.job == seen.c.job))
    chosen = chosen.group_by(*columns).order_by(*columns).limit(limit + 1)
    if like:
        chosen = chosen.where(sa.or_(*(column.icontains(like, autoescape=True) for column in columns[:3])))
    if after:
        chosen = chosen.where(sa.tuple_(*columns) > sa.tuple_(*_key(after, len(columns))))
    with reading(engine) as connection:
        rows = [dict(row) for row in connection.execute(chosen).mappings()]
    more, rows = len(rows) > limit, rows[:limit]
    for row in rows:
        row |= {"level": LEVELS[row["level"]], "sightings": int(row["sightings"])}
    return rows, "\n".join(rows[-1][column.name] for column in columns) if more and rows else ""


def _key(after: str, length: int) -> Sequence[str]:
    parts = after.split("\n")
    if len(parts) != length:
        raise FlycatcherError("this is no key of a page", hint="take the address that a page gave", code=2)
    return parts
