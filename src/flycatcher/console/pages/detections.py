"""The list of detections: one row for each text, filters in the address, the store's query language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.console.desk import Page, Sheet, View
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.techniques import named
from flycatcher.sinks.store import facets, groups, wanted, words

if TYPE_CHECKING:
    from flycatcher.console.desk import Visit

_COLUMNS = (
    "fingerprint", "level", "score", "state", "interpreter", "vector", "title", "text", "command", "capabilities", "techniques",
    "count", "first_seen", "last_seen", "host", "environment",
)  # fmt: skip


def show(visit: Visit) -> View:
    """Show a page of groups. Raises FlycatcherError for a query that is none."""
    query, sort = visit.params.get("q", ""), visit.params.get("sort", "worst")
    if sort not in groups.SORTS:
        raise FlycatcherError(
            f"sort {sort[:20]!r}: one of {', '.join(groups.SORTS)}", hint="take a column's address", code=2
        )
    data = {"query": query, "sort": sort, "sorts": list(groups.SORTS), "open": words.OPEN, "wrong": ""}
    try:
        asked = wanted.resolve(visit.engine, query)
        found = groups.groups(visit.engine, asked, sort=sort, after=visit.params.get("after", ""))
        spread = facets.spread(visit.engine, asked) if "after" not in visit.params else None
        total = groups.total(visit.engine, asked) if spread else 0
    except FlycatcherError as error:
        empty = {"rows": [], "after": "", "total": 0, "facets": [], "tally": 0, "all": True, "techniques": {}}
        return View(data | empty | {"wrong": str(error)}, Sheet(_COLUMNS, []), 400)
    listed: list[dict[str, Any]] = [each._asdict() for each in spread.facets] if spread else []
    more = {
        "rows": found.rows, "after": found.after, "total": total, "facets": listed,
        "tally": spread.counted if spread else 0, "all": spread.all if spread else True,
        "techniques": {name: named(name) for each in listed if each["field"] == "technique" for name, _ in each["values"]},
    }  # fmt: skip
    return View(data | more, Sheet(_COLUMNS, found.rows))


PAGE = Page("/detections", "detections.html", show, title="Detections")
