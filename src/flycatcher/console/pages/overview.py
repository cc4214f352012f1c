"""The overview: what is new, what is worst, how it goes, where it comes from, and what was not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.console.chart import Chart, chart
from flycatcher.console.desk import Page, Sheet, View
from flycatcher.console.templating import moment
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.techniques import named
from flycatcher.sinks.store import facets, figures, groups, words

if TYPE_CHECKING:
    from flycatcher.console.desk import Visit

SPANS = {"24h": (86_400.0, 24), "7d": (7 * 86_400.0, 28), "30d": (30 * 86_400.0, 30), "all": (0.0, 40)}
"""Seconds, and bars of the chart."""
_LINES = 8
_COLUMNS = (
    "fingerprint",
    "level",
    "score",
    "state",
    "interpreter",
    "title",
    "count",
    "first_seen",
    "last_seen",
    "host",
)


def show(visit: Visit) -> View:
    """Show the time that ``span`` names; without one, the last seven days, or all where nothing happened in them."""
    span, since, drawn = _time(visit)
    query = f"since:{moment(since)}"
    spread = facets.spread(visit.engine, query)
    worst = groups.groups(visit.engine, f"{words.OPEN} level>=medium", sort="worst", limit=_LINES).rows
    newest = groups.groups(visit.engine, "", sort="newest", limit=_LINES).rows
    data: dict[str, Any] = {
        "span": span, "spans": list(SPANS), "query": query, "since": since,
        "headline": figures.headline(visit.engine, since) | {"sightings": drawn.total, "severe": drawn.severe},
        "open": groups.total(visit.engine, f"{words.OPEN} level>=high"),
        "trend": drawn.bars, "highest": drawn.highest,
        "worst": worst, "newest": newest,
        "facets": [each._asdict() for each in spread.facets],
        "tally": spread.counted, "all": spread.all,
        "techniques": {name: named(name) for each in spread.facets if each.field == "technique" for name, _ in each.values},
        "losses": figures.losses(visit.engine, since, 8),
        "silent": [row for row in figures.sensors(visit.engine, visit.now) if row["state"] == "silent"][:_LINES],
    }  # fmt: skip
    return View(data, Sheet(_COLUMNS, [*worst, *(row for row in newest if row not in worst)]))


def _time(visit: Visit) -> tuple[str, float, Chart]:
    """Return the name of the time, its beginning, and its chart. Raises FlycatcherError."""
    first, last = figures.bounds(visit.engine)
    span = visit.params.get("span", "7d" if last >= visit.now - SPANS["7d"][0] or not last else "all")
    if span not in SPANS:
        raise FlycatcherError(
            f"span {span[:20]!r}: one of {', '.join(SPANS)}", hint="take an address of the page", code=2
        )
    seconds, bars = SPANS[span]
    since = visit.now - seconds if seconds else first
    width = max((visit.now - since) / bars, 60.0)
    return span, since, chart(figures.trend(visit.engine, since, width, bars), width)


PAGE = Page("/", "overview.html", show, title="Overview")
