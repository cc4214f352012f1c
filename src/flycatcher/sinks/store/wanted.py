"""What a query asks of detections: resolved once for a page, and then asked for its rows, their number and their spread.

What all sightings of a detection share is asked of the detection. The rest is asked of its sightings: if few detections have one
that fits, these are listed first; if many have, each detection is asked in the order of the page, until the page is full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import sqlalchemy as sa

from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading
from flycatcher.sinks.store.language import Term, moment_of, parse
from flycatcher.sinks.store.search import capability, narrowed, of_detections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.sql import ColumnElement

FEW = 10_000
"""Sightings that are listed at most."""
_D, _E, _C = schema.detections.c, schema.executions.c, schema.capabilities.c


class Wanted(NamedTuple):
    """A query, resolved."""

    terms: list[Term]
    conditions: list[ColumnElement[bool]]
    """On detections."""
    few: list[str] | None
    """The ids of all detections with a sighting that fits (perhaps with some that do not), None where these are many."""

    def sightings(self, connection: Connection, columns: Sequence[ColumnElement[Any]]) -> sa.Select[Any]:
        """Return some columns of the sightings that fit."""
        statement = narrowed(connection, self.terms, columns)
        return statement if self.few is None else statement.where(listed(connection, _E.fingerprint, self.few))


def resolve(engine: Engine, query: str | Wanted) -> Wanted:
    """Return what a query asks. Raises FlycatcherError for one that is none."""
    if isinstance(query, Wanted):
        return query
    terms = parse(query)
    with reading(engine) as connection:
        conditions, differing, few = [], [], None
        for term in terms:
            condition = of_detections(connection, term)
            if condition is None:
                differing.append(term)
            else:
                few = _able(connection, term) if few is None else few
                conditions.append(condition)
        if differing:
            found = _few(connection, narrowed(connection, differing, (_E.fingerprint,)))
            few = few if found is None else found
            conditions += _bounds(differing)
            if found is None:
                conditions.append(_some(connection, differing))
    if few is not None:
        conditions.append(listed(connection, _D.fingerprint, few))
    return Wanted(terms, conditions, few)


def listed(connection: Connection, column: ColumnElement[str], names: list[str]) -> ColumnElement[bool]:
    """Return whether a column is one of many names, which are bound as one value."""
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.cast(sa.literal(names, sa.ARRAY(sa.Text)), sa.ARRAY(sa.Text)))
    each = sa.func.json_each(msgspec.json.encode(names).decode()).table_valued("value")
    return column.in_(sa.select(each.c.value))


def _able(connection: Connection, term: Term) -> list[str] | None:
    """Return the detections with a capability, None where these are many or where it is not asked for one."""
    if term.field != "capability" or term.negated:
        return None
    return _few(connection, sa.select(_C.fingerprint).where(capability(connection, term)))


def _few(connection: Connection, statement: sa.Select[Any]) -> list[str] | None:
    """Return the different values of a column, None where more rows than :data:`FEW` have one."""
    found = list(connection.scalars(statement.limit(FEW + 1)))
    return sorted(set(found)) if len(found) <= FEW else None


def _some(connection: Connection, terms: list[Term]) -> ColumnElement[bool]:
    """Return whether one sighting of a detection fits all terms."""
    of_one = narrowed(connection, terms, (_E.uid,)).where(_E.fingerprint == _D.fingerprint)
    return sa.exists(of_one.correlate(schema.detections))


def _bounds(terms: list[Term]) -> list[ColumnElement[bool]]:
    """Return what times say of a detection as a whole: one that was seen last before them has no sighting after them."""
    found: list[ColumnElement[bool]] = []
    for term in terms:
        if term.field == "since" and not term.negated:
            found.append(_D.last_seen >= moment_of(term))
        elif term.field == "until" and not term.negated:
            found.append(_D.first_seen < moment_of(term))
    return found
