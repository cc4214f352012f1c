"""The hosts: since when each was heard from, how much was seen on it, and how its sensors stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.console.desk import Page, Sheet, View
from flycatcher.sinks.store import figures, places

if TYPE_CHECKING:
    from flycatcher.console.desk import Visit

_COLUMNS = ("host", "first_seen", "last_seen", "sightings", "level", "sensors")


def show(visit: Visit) -> View:
    """Show a page of hosts by name."""
    like = visit.params.get("like", "")[:255]
    rows, after = places.hosts(visit.engine, like=like, after=visit.params.get("after", "")[:255])
    standing: dict[str, list[str]] = {}
    for row in figures.sensors(visit.engine, visit.now):
        standing.setdefault(row["host"], []).append(f"{row['sensor']} {row['state']}")
    for row in rows:
        row["sensors"] = standing.get(row["host"], [])
    return View({"rows": rows, "after": after, "like": like}, Sheet(_COLUMNS, rows))


PAGE = Page("/hosts", "hosts.html", show, title="Hosts")
