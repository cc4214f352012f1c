"""What people say of detections: states with their reasons, and notes. Every word is kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal, get_args

import sqlalchemy as sa

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.store import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

State = Literal["new", "investigating", "accepted", "malicious", "closed"]
STATES: tuple[str, ...] = get_args(State)
DONE = ("accepted", "closed")
"""States in which nobody has to look any more."""
OPEN = f"-state:{','.join(DONE)}"
"""The query for all others."""
_T, _N, _D = schema.triage.c, schema.notes.c, schema.detections.c


def states(connection: Connection, fingerprints: Sequence[str]) -> dict[str, str]:
    """Return the last state of each detection on which there is a word."""
    last = sa.select(sa.func.max(_T.number)).where(_T.fingerprint.in_(fingerprints)).group_by(_T.fingerprint)
    rows = connection.execute(sa.select(_T.fingerprint, _T.state).where(_T.number.in_(last)))
    return {fingerprint: state for fingerprint, state in rows}  # noqa: C416 - rows are no pairs to dict()


def history(connection: Connection, fingerprint: str) -> list[dict[str, Any]]:
    """Return states and notes on a detection, the newest first: who, time, state (empty: a note), text."""
    told = sa.select(_T.time, _T.who, _T.state, _T.why.label("text")).where(_T.fingerprint == fingerprint)
    noted = sa.select(_N.time, _N.who, sa.literal("").label("state"), _N.text).where(_N.fingerprint == fingerprint)
    both = sa.union_all(told, noted).subquery()
    rows = connection.execute(sa.select(both).order_by(both.c.time.desc()).limit(500)).mappings()
    return [dict(row) for row in rows]


def judge(connection: Connection, fingerprint: str, state: str, why: str, who: str) -> str:
    """Add a state; return the detection's title. Raises FlycatcherError for one that is not there."""
    title = _title(connection, fingerprint)
    row = {"fingerprint": fingerprint, "state": state, "who": who, "time": time.time(), "why": why}
    connection.execute(sa.insert(schema.triage), row)
    return title


def note(connection: Connection, fingerprint: str, text: str, who: str) -> None:
    """Add a note. Raises FlycatcherError for a detection that is not there."""
    _title(connection, fingerprint)
    row = {"fingerprint": fingerprint, "who": who, "time": time.time(), "text": text}
    connection.execute(sa.insert(schema.notes), row)


def _title(connection: Connection, fingerprint: str) -> str:
    title = connection.scalar(sa.select(_D.title).where(_D.fingerprint == fingerprint))
    if title is None:
        raise FlycatcherError(f"{fingerprint}: no such detection", hint="flycatcher store query prints the ids")
    return str(title)
