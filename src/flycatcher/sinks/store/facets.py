"""How the sightings that a query finds are spread: by level, host, interpreter, ... over a bounded number of the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from flycatcher.core.levels import LEVELS
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading
from flycatcher.sinks.store.wanted import Wanted, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

NEWEST = 5_000
"""Sightings that are counted at most, so that a page costs the same however large the store is."""
VALUES = 12
"""Values of a facet, the most frequent first."""
_E, _J, _D, _C = schema.executions.c, schema.jobs.c, schema.detections.c, schema.capabilities.c
_OWN = ("level", "interpreter", "vector", "environment", "outcome", "host")
FACETS = (*_OWN, "repository", "capability", "technique")
"""Fields of the query language, each of which is a facet."""


class Facet(NamedTuple):
    """One field with its most frequent values and how many sightings have each."""

    field: str
    values: list[tuple[str, int]]


class Spread(NamedTuple):
    """All facets of a query's sightings."""

    facets: list[Facet]
    counted: int
    """Sightings that were counted."""
    all: bool
    """Whether those were all."""


def spread(engine: Engine, query: str | Wanted = "") -> Spread:
    """Return how what a query finds is spread. Raises FlycatcherError."""
    wanted = resolve(engine, query)
    with reading(engine) as connection:
        columns = (_E.fingerprint, _E.job, *(_E[name] for name in _OWN))
        newest = wanted.sightings(connection, columns).order_by(_E.time.desc()).limit(NEWEST + 1)
        rows = list(connection.execute(sa.union_all(*_counts(newest.cte("chosen")))))
    total = sum(int(times) for field, _, times in rows if not field)
    found: dict[str, list[tuple[str, int]]] = {field: [] for field in FACETS}
    for field, value, times in rows:
        if field and value:
            found[field].append((str(value), int(times)))
    found["level"] = [(LEVELS[int(value)], times) for value, times in found["level"]]
    found["technique"] = _single(found["technique"])
    ordered = {field: sorted(values, key=lambda each: (-each[1], each[0]))[:VALUES] for field, values in found.items()}
    ordered["level"] = sorted(found["level"], key=lambda each: -LEVELS.index(each[0]))
    return Spread([Facet(*each) for each in ordered.items()], min(total, NEWEST), total <= NEWEST)


def _counts(chosen: sa.CTE) -> Iterator[Any]:
    """Yield a query for each facet: its name, a value, how many."""
    times = sa.func.count().label("times")
    yield sa.select(sa.literal("").label("field"), sa.literal("").label("value"), times).select_from(chosen)
    for name in _OWN:
        yield _most(name, chosen.c[name])
    by_job = _each(chosen.c.job)
    yield _summed("repository", _J.repository, by_job.join(schema.jobs, _J.job == by_job.c.value), by_job)
    by_text = _each(chosen.c.fingerprint)
    able = by_text.join(schema.capabilities, _C.fingerprint == by_text.c.value)
    yield _summed("capability", _C.capability, able, by_text)
    named = by_text.join(schema.detections, _D.fingerprint == by_text.c.value)
    yield _summed("technique", _D.techniques, named, by_text)


def _most(name: str, column: Any) -> Any:  # noqa: ANN401 - SQL expressions
    """Return the most frequent values of one of the sightings' own columns."""
    times = sa.func.count().label("times")
    shown = sa.cast(column, sa.Text).label("value")
    inner = sa.select(shown, times).group_by(column).order_by(times.desc()).limit(VALUES).subquery()
    return sa.select(sa.literal(name).label("field"), inner.c.value, inner.c.times)


def _each(column: Any) -> Any:  # noqa: ANN401
    """Return a column's values with how often each is there."""
    return sa.select(column.label("value"), sa.func.count().label("times")).group_by(column).subquery()


def _summed(name: str, column: Any, source: Any, counted: Any) -> Any:  # noqa: ANN401
    """Return the sum of counts by a column of another table."""
    times = sa.func.sum(counted.c.times).label("times")
    inner = sa.select(column.label("value"), times).select_from(source).group_by(column).order_by(times.desc())
    bounded = inner.limit(200 if name == "technique" else VALUES).subquery()
    return sa.select(sa.literal(name).label("field"), bounded.c.value, bounded.c.times)


def _single(listed: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return counts by technique from counts by lists of techniques."""
    found: dict[str, int] = {}
    for names, times in listed:
        for name in names.split():
            found[name] = found.get(name, 0) + times
    return list(found.items())
