"""Queries over the store: a language's terms as SQL, one page after the other by key."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import sqlalchemy as sa

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.levels import LEVELS
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import reading
from flycatcher.sinks.store.ingest import words_of
from flycatcher.sinks.store.language import Term, moment_of, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.sql import ColumnElement

PAGE = 100
_NAMES = 1_000
"""Capabilities that are looked at by name; a store of crafted records can have more."""
_E, _D, _J, _C = schema.executions.c, schema.detections.c, schema.jobs.c, schema.capabilities.c
_COLUMNS: dict[str, ColumnElement[str]] = {
    "interpreter": _E.interpreter, "vector": _E.vector, "host": _E.host, "environment": _E.environment, "outcome": _E.outcome,
    "user": _E.user, "container": _E.container, "path": _E.path, "command": _E.command, "sensor": _E.sensor, "id": _E.fingerprint,
    "shape": _D.shape, "repository": _J.repository, "job": _J.name,
}  # fmt: skip

_TABLES = {"shape": "detections", "technique": "detections", "repository": "jobs", "job": "jobs"}
"""Fields that stand in another table than the sightings'."""


class Page(NamedTuple):
    """Sightings, the newest first, and the key from which the next page goes on (empty: there is none)."""

    rows: list[dict[str, Any]]
    after: str


def page(engine: Engine, query: str = "", *, after: str = "", limit: int = PAGE) -> Page:
    """Return one page. Raises FlycatcherError for a query or a key that is none."""
    with reading(engine) as connection:
        statement = _selected(connection, parse(query)).order_by(_E.time.desc(), _E.uid.desc()).limit(limit + 1)
        if after:
            when, uid = _key(after)
            statement = statement.where(sa.or_(_E.time < when, sa.and_(_E.time == when, _E.uid < uid)))
        rows = [dict(row) for row in connection.execute(statement).mappings()]
    more = len(rows) > limit
    rows = rows[:limit]
    for row in rows:
        row["level"] = LEVELS[row["level"]]
    return Page(rows, f"{rows[-1]['time']!r},{rows[-1]['uid']}" if more and rows else "")


def count(engine: Engine, query: str = "") -> int:
    """Return how many sightings a query finds."""
    with reading(engine) as connection:
        inner = _selected(connection, parse(query)).subquery()
        return int(connection.scalar(sa.select(sa.func.count()).select_from(inner)) or 0)


def records(engine: Engine, query: str = "") -> Iterator[dict[str, Any]]:
    """Yield the whole records that a query finds, the newest first, page by page."""
    after = ""
    while True:
        found = page(engine, query, after=after, limit=500)
        with reading(engine) as connection:
            yield from whole(connection, [row["uid"] for row in found.rows])
        after = found.after
        if not after:
            return


def record_of(connection: Connection, fingerprint: str, uid: str) -> dict[str, Any] | None:
    """Return the whole record of one sighting of a detection, None where it is not there."""
    known = connection.scalar(sa.select(_E.uid).where(_E.uid == uid, _E.fingerprint == fingerprint))
    return next(whole(connection, [uid]), None) if known else None


def whole(connection: Connection, uids: list[str]) -> Iterator[dict[str, Any]]:
    """Yield records with their texts put back."""
    parts, texts = schema.execution_snippets, schema.snippets
    joined = sa.select(parts.c.uid, parts.c.number, texts.c.text).join(texts, texts.c.sha256 == parts.c.sha256)
    found = {(uid, number): text for uid, number, text in connection.execute(joined.where(parts.c.uid.in_(uids)))}
    rows = {row.uid: row.record for row in connection.execute(sa.select(_E.uid, _E.record).where(_E.uid.in_(uids)))}
    for uid in uids:
        if uid not in rows:
            continue  # deleted in between
        record: dict[str, Any] = msgspec.json.decode(zlib.decompress(rows[uid]))
        for number, snippet in enumerate(record.get("snippets") or ()):
            if (uid, number) in found:
                snippet["text"] = found[uid, number]
        yield record


def _key(after: str) -> tuple[float, str]:
    when, _, uid = after.partition(",")
    try:
        return float(when), uid
    except ValueError as error:
        raise FlycatcherError(
            f"{after[:60]!r} is no key of a page", hint="--after takes what a page printed", code=2
        ) from error


def _selected(connection: Connection, terms: list[Term]) -> sa.Select[Any]:
    """Return the sightings that the terms ask for, with what a line shows of each."""
    columns = (
        _E.uid, _E.time, _E.fingerprint, _E.host, _E.level, _E.score, _E.interpreter, _E.vector, _E.environment, _E.outcome,
        _E.command, _D.title, _J.repository, _J.name.label("job"),
    )  # fmt: skip
    return narrowed(connection, terms, columns)


def narrowed(connection: Connection, terms: list[Term], columns: Sequence[ColumnElement[Any]]) -> sa.Select[Any]:
    """Return some columns of the sightings that the terms ask for; only the tables that it takes are joined."""
    conditions = [
        sa.not_(condition) if term.negated else condition
        for term in terms
        for condition in (_condition(connection, term),)
    ]
    statement = sa.select(*columns).where(*conditions)
    used = {column.table.name for column in columns if isinstance(column, sa.Column)}
    used |= {_TABLES[term.field] for term in terms if term.field in _TABLES}
    joined: sa.FromClause = schema.executions
    if "detections" in used:
        joined = joined.join(schema.detections, _D.fingerprint == _E.fingerprint)
    if "jobs" in used:
        joined = joined.outerjoin(schema.jobs, _J.job == _E.job)
    return statement.select_from(joined)


def _condition(connection: Connection, term: Term) -> ColumnElement[bool]:
    """Return one term as SQL; values are bound, never written into it."""
    if term.field in SHARED:
        return SHARED[term.field](connection, term, _E.fingerprint)
    if term.field in _SPECIAL:
        return _SPECIAL[term.field](term)
    # an id is looked up by its index; the rest is read in the order of time, from the index that holds it
    column = _E.fingerprint if term.field == "id" else sa.func.coalesce(_COLUMNS[term.field], "")
    return column.ilike(_like(f"*{term.values[0]}*"), escape="\\") if term.sign == "~" else _any(column, term.values)


def _timed(term: Term) -> ColumnElement[bool]:
    when = moment_of(term)
    return _E.time >= when if term.field == "since" else _E.time < when


def _capable(connection: Connection, term: Term, of: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether a detection has one of the capabilities: asked of one after the other, until a page is full."""
    having = sa.select(1).select_from(schema.capabilities).where(_C.fingerprint == of, capability(connection, term))
    return sa.exists(having)


def capability(connection: Connection, term: Term) -> ColumnElement[bool]:
    """Return whether a row of the capabilities is one of those that a term names."""
    return _any(_C.capability, _capabilities(connection, term.values))


def _capabilities(connection: Connection, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the capabilities that there are for values with wildcards, the values as they are where there are very many."""
    if not any(set("*?") & set(value) for value in values):
        return values
    listed = sa.select(sa.func.min(_C.capability).label("name")).cte("listed", recursive=True)
    following = sa.select(sa.func.min(_C.capability)).where(_C.capability > listed.c.name).scalar_subquery()
    listed = listed.union_all(sa.select(following).where(listed.c.name.is_not(None)))
    known = [name for name in connection.scalars(sa.select(listed.c.name).limit(_NAMES + 2)) if name is not None]
    patterns = [re.compile(re.escape(value).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL) for value in values]
    return (
        tuple(name for name in known if any(each.fullmatch(name) for each in patterns))
        if len(known) <= _NAMES
        else values
    )


def _technique(_: Connection, term: Term, __: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether one of the techniques is among those of the detection, which are words with blanks between them."""
    listed = sa.literal(" ").concat(_D.techniques).concat(" ")
    return sa.or_(*(listed.like(_like(f"* {value} *"), escape="\\") for value in term.values))


def _ordered(term: Term, column: ColumnElement[int] | None = None) -> ColumnElement[bool]:
    if column is None:
        column = _E.level if term.field == "level" else _E.score
    names = [str(level) for level in LEVELS]
    values = [names.index(value.lower()) if term.field == "level" else int(value) for value in term.values]
    comparisons = {
        ">=": column >= values[0],
        "<=": column <= values[0],
        ">": column > values[0],
        "<": column < values[0],
    }
    return comparisons.get(term.sign, column.in_(values))


def _state(_: Connection, term: Term, of: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether the last word on a detection is one of these; ``new`` where nobody has said any."""
    told = schema.triage.c
    last = sa.select(sa.func.max(told.number)).group_by(told.fingerprint)
    conditions = [of.in_(sa.select(told.fingerprint).where(told.number.in_(last), _any(told.state, term.values)))]
    if "new" in term.values:
        conditions.append(of.not_in(sa.select(told.fingerprint)))
    return sa.or_(*conditions)


_SPECIAL: dict[str, Callable[[Term], ColumnElement[bool]]] = {
    "level": _ordered, "score": _ordered, "since": _timed, "until": _timed,
}  # fmt: skip


def of_detections(connection: Connection, term: Term) -> ColumnElement[bool] | None:
    """Return a term as a condition on detections, None where it can differ between the sightings of one."""
    made = SHARED.get(term.field)
    if made is not None:
        condition = made(connection, term, _D.fingerprint)
    elif term.field == "level" and term.sign in {">", ">="} and not term.negated:
        condition = _ordered(term, _D.level)  # the worst of the sightings
    elif term.field in {"id", "interpreter", "shape"} and term.sign == ":":
        condition = _any(_D["fingerprint" if term.field == "id" else term.field], term.values)
    else:
        return None
    return sa.not_(condition) if term.negated else condition


def _any(column: Any, values: tuple[str, ...]) -> ColumnElement[bool]:  # noqa: ANN401 - a column or an expression
    """Return whether a column matches one of the values, which may have wildcards."""
    plain = [value for value in values if not set("*?") & set(value)]
    conditions = [column.in_(plain)] if plain else []
    conditions += [column.like(_like(value), escape="\\") for value in values if value not in plain]
    return sa.or_(sa.false(), *conditions)


def _like(pattern: str) -> str:
    """Return ``*`` and ``?`` as LIKE has them, and its own characters escaped."""
    escaped = "".join(f"\\{each}" if each in "\\%_" else each for each in pattern)
    return escaped.replace("*", "%").replace("?", "_")


def _texts(connection: Connection, term: Term, of: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether one of a detection's texts has all the words, the last one as a beginning."""
    words = words_of(term.values[0])
    if not words:
        raise FlycatcherError(
            f"text~{term.values[0][:40]!r}: no word to search for", hint="letters, digits and underscores", code=2
        )
    links, texts = schema.detection_snippets.c, schema.snippets.c
    if connection.dialect.name == "postgresql":
        asked = sa.func.to_tsquery("simple", " & ".join([*words[:-1], f"{words[-1]}:*"]))
        found = sa.select(texts.sha256).where(sa.func.to_tsvector("simple", texts.words).op("@@")(asked))
        return of.in_(sa.select(links.fingerprint).where(links.sha256.in_(found)))
    words = [f'"{word}"' for word in words[:-1]] + [f'"{words[-1]}" *']
    matched = sa.text("SELECT rowid FROM snippet_search WHERE snippet_search MATCH :words")
    numbers = matched.bindparams(sa.bindparam("words", " AND ".join(words), unique=True)).columns(sa.column("rowid"))
    return of.in_(sa.select(links.fingerprint).where(links.number.in_(sa.select(numbers.subquery().c.rowid))))


SHARED: dict[str, Callable[[Connection, Term, ColumnElement[str]], ColumnElement[bool]]] = {
    "text": _texts, "capability": _capable, "technique": _technique, "state": _state,
}  # fmt: skip
"""Fields that all sightings of a detection have in common: each a condition on a column with the detection's id."""
