"""The live page: what arrives, from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.console.desk import Page, Sheet, View
from flycatcher.sinks.store import search
from flycatcher.sinks.store.arrivals import last_number
from flycatcher.sinks.store.language import parse

if TYPE_CHECKING:
    from flycatcher.console.desk import Visit

_LAST = 25
_COLUMNS = ("time", "level", "score", "fingerprint", "interpreter", "vector", "host", "environment", "command", "title")


def show(visit: Visit) -> View:
    """Show the last sightings, and the number from which the stream goes on. Raises FlycatcherError."""
    query = visit.params.get("q", "")
    parse(query)
    number = last_number(visit.engine)
    rows = search.page(visit.engine, query, limit=_LAST).rows
    return View({"query": query, "number": number, "rows": rows}, Sheet(_COLUMNS, rows))


PAGE = Page("/live", "live.html", show, title="Live")
