"""What was watched: hosts, jobs, for how long, what was not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.report.audit.ask import listed
from flycatcher.commands.report.audit.parts import Column, Section, Table
from flycatcher.sinks.store.figures import LOSSES

if TYPE_CHECKING:
    from flycatcher.commands.report.audit.ask import Asker

_HOSTS = """
    SELECT host, SUM(sightings) AS sightings, SUM(notices) AS notices, MIN(first_sign) AS first_sign, MAX(last_sign) AS last_sign
    FROM (
      SELECT host, COUNT(*) AS sightings, 0 AS notices, MIN(time) AS first_sign, MAX(time) AS last_sign
      FROM executions WHERE {WITHIN} GROUP BY host
      UNION ALL
      SELECT host, 0, COUNT(*), MIN(time), MAX(time) FROM notices WHERE {WITHIN} GROUP BY host
    ) AS signs
    GROUP BY host ORDER BY host
"""
_FIGURES = """
    SELECT
      (SELECT COUNT(*) FROM (
        SELECT host FROM executions WHERE {WITHIN} UNION SELECT host FROM notices WHERE {WITHIN}
      ) AS signs) AS hosts,
      (SELECT COUNT(DISTINCT job) FROM executions WHERE {WITHIN}) AS jobs,
      (SELECT COUNT(*) FROM executions WHERE {WITHIN}) AS sightings,
      (SELECT COUNT(*) FROM notices WHERE {WITHIN}) AS notices
"""
_JOBS = """
    SELECT j.system AS system, j.repository AS repository, j.workflow AS workflow, j.name AS job,
      COUNT(DISTINCT j.run) AS runs, COUNT(*) AS sightings, MAX(e.time) AS last_sighting
    FROM executions AS e JOIN jobs AS j ON j.job = e.job
    WHERE {WITHIN}
    GROUP BY j.system, j.repository, j.workflow, j.name
    ORDER BY j.system, j.repository, j.workflow, j.name
"""
_WATCHED = """
    WITH signs AS (
      SELECT host, sensor, time, CASE WHEN kind = 'started' THEN 1 ELSE 0 END AS starts,
        CASE WHEN kind = 'stopped' THEN 1 ELSE 0 END AS stops
      FROM notices WHERE time < {MADE}
      UNION ALL
      SELECT host, sensor, time, 0, 0 FROM executions WHERE time >= {SINCE} AND time < {MADE}
    ), numbered AS (
      SELECT host, sensor, time, stops, SUM(starts) OVER (
        PARTITION BY host, sensor ORDER BY time, stops DESC, starts DESC ROWS UNBOUNDED PRECEDING
      ) AS number FROM signs
    ), watches AS (
      SELECT host, sensor, MIN(time) AS started, MIN(CASE WHEN stops = 1 THEN time END) AS stopped, MAX(time) AS last_sign
      FROM numbered WHERE number > 0 GROUP BY host, sensor, number
    ), within AS (
      SELECT host, sensor, CASE WHEN stopped IS NULL THEN 1 ELSE 0 END AS without_stop,
        CASE WHEN started < {SINCE} THEN {SINCE} ELSE started END AS started,
        CASE WHEN COALESCE(stopped, last_sign) > {UNTIL} THEN {UNTIL} ELSE COALESCE(stopped, last_sign) END AS ended
      FROM watches WHERE started < {UNTIL} AND COALESCE(stopped, last_sign) >= {SINCE}
    )
    SELECT host, sensor, COUNT(*) AS watches, SUM(without_stop) AS without_stop, SUM(ended - started) AS watched,
      100.0 * SUM(ended - started) / ({UNTIL} - {SINCE}) AS share_of_time, MAX(ended) AS last_sign
    FROM within GROUP BY host, sensor ORDER BY host, sensor
"""
_LOST = """
    SELECT host, sensor, kind, place, COUNT(*) AS notices, SUM(count) AS lost, MAX(time) AS last_time
    FROM notices WHERE kind IN (%s) AND {WITHIN}
    GROUP BY host, sensor, kind, place ORDER BY host, sensor, kind, place
"""
_LOST_SUM = """
    SELECT kind, COUNT(*) AS notices, SUM(count) AS lost FROM notices
    WHERE kind IN (%s) AND {WITHIN} GROUP BY kind ORDER BY kind
"""
_WATCHED_NOTE = (
    "From each sensor's start to its stop. A watch without a stop (killed, or still running) counts up to the sensor's last sign; "
    "one by a sensor that sends no start is not counted. Gaps within a watch are not taken off: they are listed below."
)


def coverage(ask: Asker) -> Section:
    """Return what was watched."""
    figures = ask.table("Figures", _FIGURES, _counts("hosts", "jobs", "sightings", "notices"))
    figures = figures.also(ask.filtered("", "sightings", int(figures.rows[0][2])))
    watched = ask.table(
        "Time watched, by host and sensor",
        _WATCHED,
        (
            *_texts("host", "sensor"),
            *_counts("watches", "without_stop"),
            Column("watched", "duration"),
            Column("share_of_time", "percent"),
            Column("last_sign", "time"),
        ),
        note=_WATCHED_NOTE,
    )
    return Section(
        id="coverage",
        title="Coverage",
        tables=(figures, _hosts(ask), watched, _jobs(ask), *_lost(ask)),
        remarks=(
            "A host is listed once it has sent something: one that should have been watched and never was is not known here.",
            *_unwatched(figures, watched),
        ),
    )


def _unwatched(figures: Table, watched: Table) -> tuple[str, ...]:
    """Say how many hosts have no time watched."""
    hosts = int(figures.rows[0][0])
    timed = len({row[0] for row in watched.rows})
    if watched.more or timed >= hosts:
        return ()
    return (f"Of {hosts} hosts, {timed} sent the start of a sensor; how long the others were watched is not known.",)


def _hosts(ask: Asker) -> Table:
    columns = (
        Column("host"),
        *_counts("sightings", "notices"),
        Column("first_sign", "time"),
        Column("last_sign", "time"),
    )
    return ask.table("Hosts", _HOSTS, columns)


def _jobs(ask: Asker) -> Table:
    columns = (
        *_texts("system", "repository", "workflow", "job"),
        *_counts("runs", "sightings"),
        Column("last_sighting", "time"),
    )
    return ask.table(
        "CI jobs with detections",
        _JOBS,
        columns,
        note="A job in which nothing was detected leaves no row in the store.",
    )


def _lost(ask: Asker) -> tuple[Table, ...]:
    kinds = listed(LOSSES)
    total = ask.table("Losses and gaps, by kind", _LOST_SUM % kinds, (Column("kind"), *_counts("notices", "lost")))
    columns = (*_texts("host", "sensor", "kind", "place"), *_counts("notices", "lost"), Column("last_time", "time"))
    note = "loss: not seen whole; gap: not watched; limit: held back; refused and killed: not let happen."
    return total, ask.table("Losses and gaps, by host and sensor", _LOST % kinds, columns, note=note)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _counts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "count") for name in names)
