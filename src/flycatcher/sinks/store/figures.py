"""Figures of a time: sightings by hour or day and level, what is new, what was lost, and sensors that have fallen silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flycatcher.core.levels import LEVELS
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

SILENT = 86_400.0
"""Seconds after which a sensor that has not said that it stops is called silent."""
LOSSES = ("loss", "gap", "limit", "refused", "killed")
"""Notices of what was not seen or not let happen."""
_E, _D, _N, _H = schema.executions.c, schema.detections.c, schema.notices.c, schema.hosts.c


def trend(engine: Engine, since: float, width: float, bars: int) -> list[dict[str, Any]]:
    """Return ``bars`` spans of ``width`` seconds from ``since`` on: their start, and sightings by level."""
    place = sa.cast(sa.func.floor((_E.time - since) / width), sa.Integer).label("place")
    with reading(engine) as connection:
        if (
            connection.dialect.name == "sqlite"
        ):  # not every build of it has floor(); a cast cuts, and nothing lies below 0
            place = sa.cast((_E.time - since) / width, sa.Integer).label("place")
        counted = sa.select(place, _E.level, sa.func.count()).where(_E.time >= since, _E.time < since + width * bars)
        rows = list(connection.execute(counted.group_by(place, _E.level)))
    found = [{"since": since + width * number, "levels": dict.fromkeys(LEVELS, 0)} for number in range(bars)]
    for number, level, times in rows:
        levels: Any = found[number]["levels"]
        levels[LEVELS[level]] = int(times)
    return found


def headline(engine: Engine, since: float) -> dict[str, int]:
    """Return how many texts are new since then, how many were seen, and on how many hosts."""
    with reading(engine) as connection:
        return {
            "new": _count(connection, sa.select(_D.fingerprint).where(_D.first_seen >= since)),
            "detections": _count(connection, sa.select(_D.fingerprint).where(_D.last_seen >= since)),
            "hosts": _count(connection, sa.select(_H.host).where(_H.last_seen >= since)),
        }


def bounds(engine: Engine) -> tuple[float, float]:
    """Return the times of the first and of the last sighting, 0 and 0 where there is none."""
    with reading(engine) as connection:
        first = connection.scalar(sa.select(sa.func.min(_E.time)))
        last = connection.scalar(sa.select(sa.func.max(_E.time)))
    return float(first or 0), float(last or 0)


def losses(engine: Engine, since: float, limit: int = 50) -> list[dict[str, Any]]:
    """Return what was lost since then, by host, sensor, kind and place."""
    columns = (_N.host, _N.sensor, _N.kind, _N.place)
    last = sa.func.max(_N.time).label("last")
    counted = sa.select(*columns, sa.func.sum(_N.count).label("count"), sa.func.count().label("notices"), last)
    counted = counted.where(_N.kind.in_(LOSSES), _N.time >= since).group_by(*columns).order_by(last.desc()).limit(limit)
    with reading(engine) as connection:
        rows = [dict(row) for row in connection.execute(counted).mappings()]
    return [row | {"count": int(row["count"] or 0)} for row in rows]


def sensors(engine: Engine, now: float) -> list[dict[str, Any]]:
    """Return each host's sensors: since when, the last sign of the host, and whether it runs, has stopped or is silent."""
    last = sa.func.max(_N.time)
    with reading(engine) as connection:
        said = connection.execute(
            sa.select(_N.host, _N.sensor, _N.kind, last, _H.last_seen)
            .select_from(schema.notices.join(schema.hosts, _H.host == _N.host))
            .where(_N.kind.in_(("started", "stopped")))
            .group_by(_N.host, _N.sensor, _N.kind, _H.last_seen)
        )
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for host, sensor, kind, when, seen in said:
            row = found.setdefault((host, sensor), {"host": host, "sensor": sensor, "last_seen": seen})
            row[kind] = when
    return sorted(
        (_standing(row, now) for row in found.values()), key=lambda row: (row["state"] != "silent", row["host"])
    )


def _standing(row: dict[str, Any], now: float) -> dict[str, Any]:
    started, stopped = row.pop("started", 0.0), row.pop("stopped", 0.0)
    silent = now - row["last_seen"] > SILENT
    state = "stopped" if stopped >= started else "silent" if silent else "running"
    return row | {"since": max(started, stopped), "state": state}


def _count(connection: Connection, statement: sa.Select[Any]) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0)
