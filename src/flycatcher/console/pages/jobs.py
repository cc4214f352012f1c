"""The jobs of CI systems, their runs put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.console.desk import Page, Sheet, View
from flycatcher.sinks.store import places

if TYPE_CHECKING:
    from flycatcher.console.desk import Visit

_COLUMNS = ("system", "repository", "workflow", "name", "runs", "sightings", "level", "last_seen")


def show(visit: Visit) -> View:
    """Show a page of jobs by repository. Raises FlycatcherError."""
    like = visit.params.get("like", "")[:255]
    rows, after = places.jobs(visit.engine, like=like, after=visit.params.get("after", "")[:2000])
    return View({"rows": rows, "after": after, "like": like}, Sheet(_COLUMNS, rows))


PAGE = Page("/jobs", "jobs.html", show, title="Jobs")
