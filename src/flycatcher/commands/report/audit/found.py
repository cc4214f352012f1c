"""What was found, what became of it, and how long that took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.report.audit.ask import level_name, listed
from flycatcher.commands.report.audit.parts import Column, Section
from flycatcher.sinks.store.words import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.commands.report.audit.ask import Asker
    from flycatcher.commands.report.audit.parts import Query, Table

_SAID = """said AS (
      SELECT fingerprint, state, who, time, why FROM triage AS t
      WHERE time < {MADE} AND NOT EXISTS (
        SELECT 1 FROM triage AS later WHERE later.fingerprint = t.fingerprint AND later.number > t.number AND later.time < {MADE}
      )
    )"""
_SEEN = """seen AS (
      SELECT fingerprint, MAX(level) AS level, MAX(score) AS score, COUNT(*) AS sightings, COUNT(DISTINCT host) AS hosts,
        MIN(time) AS first_seen, MAX(time) AS last_seen
      FROM executions WHERE {WITHIN} GROUP BY fingerprint
    )"""
_BY_LEVEL = """
    SELECT {LEVEL} AS level_name, COUNT(DISTINCT fingerprint) AS detections, COUNT(*) AS sightings, COUNT(DISTINCT host) AS hosts
    FROM executions WHERE {WITHIN} GROUP BY level ORDER BY level DESC
"""
_BY_STATE = f"""
    WITH {_SAID}, {_SEEN}
    SELECT {level_name("seen.level")} AS level_name, COALESCE(said.state, 'new') AS state,
      COUNT(*) AS detections, SUM(seen.sightings) AS sightings
    FROM seen LEFT JOIN said ON said.fingerprint = seen.fingerprint
    GROUP BY seen.level, COALESCE(said.state, 'new') ORDER BY seen.level DESC, state
"""  # noqa: S608 - of our own constants
_BY_OUTCOME = """
    SELECT outcome, COUNT(DISTINCT fingerprint) AS detections, COUNT(*) AS sightings
    FROM executions WHERE {WITHIN} GROUP BY outcome ORDER BY outcome
"""
_BY_HOW = """
    SELECT interpreter, vector, environment, COUNT(DISTINCT fingerprint) AS detections, COUNT(*) AS sightings
    FROM executions WHERE {WITHIN} GROUP BY interpreter, vector, environment
    ORDER BY sightings DESC, interpreter, vector, environment
"""
_LAST_WORD = "COALESCE(said.state, 'new') AS state, said.who AS who, said.time AS said_at, said.why AS why"


def _each_sql(tables: str, columns: str, join: str) -> str:
    """Return the query for each detection; what is added to it is what people said."""
    return f"""
    WITH {tables}{_SEEN}
    SELECT seen.fingerprint AS id, {level_name("seen.level")} AS level_name, seen.score AS score, d.title AS title,
      seen.sightings AS sightings, seen.hosts AS hosts, seen.first_seen AS first_seen, seen.last_seen AS last_seen{columns}
    FROM seen JOIN detections AS d ON d.fingerprint = seen.fingerprint{join}
    ORDER BY seen.score DESC, seen.last_seen DESC, seen.fingerprint
    """  # noqa: S608 - of our own constants


_EACH_BARE = _each_sql("", "", "")
_EACH = _each_sql(f"{_SAID}, ", f",\n      {_LAST_WORD}", "\n    LEFT JOIN said ON said.fingerprint = seen.fingerprint")
_TIMES = """
    WITH fresh AS (
      SELECT fingerprint, {KEY} AS level, first_seen FROM detections WHERE first_seen >= {SINCE} AND first_seen < {UNTIL}
    ), answered AS (
      SELECT level, (
        SELECT MIN(t.time) FROM triage AS t WHERE t.fingerprint = fresh.fingerprint AND t.state <> 'new' AND t.time < {MADE}
      ) - first_seen AS seconds FROM fresh
    ), clipped AS (
      SELECT level, CASE WHEN seconds < 0 THEN 0 ELSE seconds END AS seconds FROM answered
    ), ranked AS (
      SELECT level, seconds, ROW_NUMBER() OVER (PARTITION BY level ORDER BY seconds) AS place,
        COUNT(*) OVER (PARTITION BY level) AS many
      FROM clipped WHERE seconds IS NOT NULL
    )
    SELECT {NAME} AS level_name, COUNT(*) AS detections, COUNT(seconds) AS triaged, COUNT(*) - COUNT(seconds) AS not_triaged, (
        SELECT AVG(r.seconds) FROM ranked AS r WHERE r.level = clipped.level AND r.place IN ((r.many + 1) / 2, (r.many + 2) / 2)
      ) AS median, MAX(seconds) AS worst
    FROM clipped GROUP BY level ORDER BY clipped.level DESC
"""
_OPEN = f"""
    WITH {_SAID}, {_SEEN}
    SELECT {level_name("seen.level")} AS level_name, COUNT(*) AS open_detections,
      SUM(CASE WHEN said.state IS NULL THEN 1 ELSE 0 END) AS without_a_word,
      MIN(seen.first_seen) AS oldest
    FROM seen LEFT JOIN said ON said.fingerprint = seen.fingerprint
    WHERE COALESCE(said.state, 'new') NOT IN ({listed(DONE)})
    GROUP BY seen.level ORDER BY seen.level DESC
"""  # noqa: S608
_PEOPLE = """
    SELECT who, state, COUNT(*) AS words, COUNT(DISTINCT fingerprint) AS detections, MIN(time) AS first_word, MAX(time) AS last_word
    FROM triage WHERE {WITHIN} GROUP BY who, state ORDER BY who, state
"""
_CONSOLE = """
    SELECT who, action, COUNT(*) AS times, MAX(time) AS last_time FROM audit WHERE {WITHIN}
    GROUP BY who, action ORDER BY who, action
"""
_WHAT = (
    (
        "A detection is one text, however often it was seen; a sighting is one time. The level of a detection is that of its worst "
        "sighting in this time; in the table by level alone, it counts at each level that it was seen at."
    ),
    "A state is the last one that somebody gave before this report was made; new: nobody has.",
)
_COUNTED = (
    "Counted are detections that were seen for the first time in this time: from the first sighting to the first state other "
    "than new, given before this report was made. Those that nobody has judged have no time, and are counted beside it."
)
TRIAGE = "Time to triage"
_LEVEL = Column("level_name")
_TWO = (Column("detections", "count"), Column("sightings", "count"))


def detections(ask: Asker, *, has_people: bool) -> Section:
    """Return what was found, by level, state, outcome and kind, and each of the worst.

    ``has_people``: there can be states that people gave.
    """
    by_level = ask.table("By level", _BY_LEVEL, (_LEVEL, *_TWO, Column("hosts", "count")))
    same = tuple(ask.filtered(f"level:{row[0]}", f"sightings of {row[0]}", int(row[2])) for row in by_level.rows)
    by_level = by_level.also(*same)
    return Section(
        id="detections",
        title="Detections, and what became of them",
        tables=(by_level, *_judged(ask, has_people), _outcomes(ask), _kinds(ask), _each(ask, has_people)),
        remarks=_WHAT if has_people else (_WHAT[0], "What people said of them is not in a ledger."),
    )


def _judged(ask: Asker, has_people: bool) -> Iterator[Table]:
    if has_people:
        found = ask.table("By level and state", _BY_STATE, (_LEVEL, Column("state"), *_TWO))
        yield found.also(*_by_state(ask, found))


def _by_state(ask: Asker, table: Table) -> Iterator[Query]:
    totals: dict[str, int] = {}
    for _, state, _, sightings in table.rows:
        totals[state] = totals.get(state, 0) + int(sightings)
    for state, count in totals.items():
        yield ask.filtered(f"state:{state}", f"sightings of state {state}", count)


def _outcomes(ask: Asker) -> Table:
    return ask.table("By what was done at once", _BY_OUTCOME, (Column("outcome"), *_TWO))


def _kinds(ask: Asker) -> Table:
    how = (Column("interpreter"), Column("vector"), Column("environment"), *_TWO)
    return ask.table("By interpreter, vector and environment", _BY_HOW, how)


def _each(ask: Asker, has_people: bool) -> Table:
    columns = (
        Column("id"), _LEVEL, Column("score", "count"), Column("title"), Column("sightings", "count"), Column("hosts", "count"),
        Column("first_seen", "time"), Column("last_seen", "time"),
    )  # fmt: skip
    said = (Column("state"), Column("who"), Column("said_at", "time"), Column("why"))
    if not has_people:
        return ask.table("Each detection, the worst first", _EACH_BARE, columns)
    return ask.table("Each detection, the worst first", _EACH, (*columns, *said))


def triage(ask: Asker) -> Section:
    """Return how long it took until somebody said something, what is open, and who said what."""
    columns = (
        _LEVEL, Column("detections", "count"), Column("triaged", "count"), Column("not_triaged", "count"),
        Column("median", "duration"), Column("worst", "duration"),
    )  # fmt: skip
    every = ask.table("Time to triage, all levels", _timed("0", "'all'"), columns)
    levels = ask.table("Time to triage, by level", _timed("level", "{LEVEL}"), columns)
    waiting = (_LEVEL, Column("open_detections", "count"), Column("without_a_word", "count"), Column("oldest", "time"))
    people = (
        Column("who"), Column("state"), Column("words", "count"), Column("detections", "count"),
        Column("first_word", "time"), Column("last_word", "time"),
    )  # fmt: skip
    acts = (Column("who"), Column("action"), Column("times", "count"), Column("last_time", "time"))
    return Section(
        id="triage",
        title=TRIAGE,
        tables=(
            every,
            levels,
            ask.table("Open", _OPEN, waiting, note=f"Open is every state but {' and '.join(DONE)}."),
            ask.table("Who judged, in this time", _PEOPLE, people),
            ask.table("What people did in the console, in this time", _CONSOLE, acts),
        ),
        remarks=(_COUNTED,),
    )


def _timed(key: str, name: str) -> str:
    return _TIMES.replace("{KEY}", key).replace("{NAME}", name)
