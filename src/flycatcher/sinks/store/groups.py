"""Detections grouped by their text: one row for all sightings of a fingerprint, a page after the other by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.levels import LEVELS
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading
from flycatcher.sinks.store.wanted import Wanted, resolve
from flycatcher.sinks.store.words import states

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection, Engine

PAGE = 50
MOST = 10_000
"""Groups that are counted; more are only said to be more."""
_D, _E, _C = schema.detections.c, schema.executions.c, schema.capabilities.c
_SORTS: dict[str, tuple[sa.Column[Any], ...]] = {
    "worst": (_D.score, _D.last_seen, _D.fingerprint),
    "latest": (_D.last_seen, _D.fingerprint),
    "newest": (_D.first_seen, _D.fingerprint),
}
SORTS = tuple(_SORTS)
_TEXT = 400
"""Characters of a text that a row shows."""
_NO_SIGHTING = dict.fromkeys(("uid", "host", "environment", "vector", "command", "text"), "")


class Groups(NamedTuple):
    """Some groups, and the key from which the next page goes on (empty: there is none)."""

    rows: list[dict[str, Any]]
    after: str


def groups(
    engine: Engine, query: str | Wanted = "", *, sort: str = "worst", after: str = "", limit: int = PAGE
) -> Groups:
    """Return one page of detections that have a sighting which the query finds. Raises FlycatcherError.

    ``sort``: ``worst`` (the highest score first), ``latest`` (seen last), ``newest`` (seen for the first time last).
    """
    columns = _SORTS[sort]
    wanted = resolve(engine, query)
    statement = schema.detections.select().where(*wanted.conditions)
    statement = statement.order_by(*(column.desc() for column in columns)).limit(limit + 1)
    if after:
        statement = statement.where(sa.tuple_(*columns) < sa.tuple_(*_key(after, columns)))
    with reading(engine) as connection:
        rows = [dict(row) for row in connection.execute(statement).mappings()]
        more, rows = len(rows) > limit, rows[:limit]
        _complete(connection, rows)
    return Groups(rows, ",".join(str(rows[-1][column.name]) for column in columns) if more and rows else "")


def total(engine: Engine, query: str | Wanted = "") -> int:
    """Return how many groups a query finds, :data:`MOST` + 1 for more than those."""
    found = sa.select(_D.fingerprint).where(*resolve(engine, query).conditions).limit(MOST + 1).subquery()
    with reading(engine) as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(found)) or 0)


def group(engine: Engine, fingerprint: str) -> dict[str, Any] | None:
    """Return one group, None for one that is not there."""
    with reading(engine) as connection:
        row = connection.execute(schema.detections.select().where(_D.fingerprint == fingerprint)).mappings().first()
        rows = [dict(row)] if row else []
        _complete(connection, rows)
    return rows[0] if rows else None


def _key(after: str, columns: Sequence[sa.Column[Any]]) -> list[Any]:
    """Return the values of a key. Raises FlycatcherError."""
    parts = after.split(",")
    try:
        if len(parts) == len(columns):
            return [*(float(part) for part in parts[:-1]), parts[-1]]
    except ValueError:
        pass
    raise FlycatcherError(f"{after[:60]!r} is no key of a page", hint="take the address that a page gave", code=2)


def _complete(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add what a row shows of the last sighting, the text, the capabilities and the last word on it."""
    names = [row["fingerprint"] for row in rows]
    if not names:
        return
    last, able, said = _latest(connection, names), _capabilities(connection, names), states(connection, names)
    for row in rows:
        row["level"] = LEVELS[row["level"]]
        row.update(last.get(row["fingerprint"], _NO_SIGHTING))
        row["techniques"] = row["techniques"].split()
        row["capabilities"] = able.get(row["fingerprint"], [])
        row["state"] = said.get(row["fingerprint"], "new")


def _latest(connection: Connection, names: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    """Return the last sighting of each group."""
    inner = schema.executions.alias()
    newest = (
        sa.select(inner.c.uid)
        .where(inner.c.fingerprint == _D.fingerprint)
        .order_by(inner.c.time.desc(), inner.c.uid.desc())
        .limit(1)
        .correlate(schema.detections)
        .scalar_subquery()
    )
    chosen = list(connection.scalars(sa.select(newest).select_from(schema.detections).where(_D.fingerprint.in_(names))))
    links, texts = schema.execution_snippets, schema.snippets
    joined = schema.executions.outerjoin(links, sa.and_(links.c.uid == _E.uid, links.c.number == 0)).outerjoin(
        texts, texts.c.sha256 == links.c.sha256
    )
    text = sa.func.substr(texts.c.text, 1, _TEXT).label("text")
    columns = (_E.fingerprint, _E.uid, _E.host, _E.environment, _E.vector, _E.command, text)
    rows = connection.execute(sa.select(*columns).select_from(joined).where(_E.uid.in_(chosen))).mappings()
    return {row["fingerprint"]: dict(row) | {"text": row["text"] or ""} for row in rows}


def _capabilities(connection: Connection, names: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    ordered = sa.select(_C.fingerprint, _C.capability).where(_C.fingerprint.in_(names)).order_by(_C.capability)
    for fingerprint, capability in connection.execute(ordered):
        found.setdefault(fingerprint, []).append(capability)
    return found
