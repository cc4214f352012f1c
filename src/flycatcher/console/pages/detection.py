"""One detection: the text with its evidence, what it would do and why, who started it, where else, and what to do now."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from flycatcher.console import accept, record_parts, shown
from flycatcher.console.desk import NotFound, Page, Sheet, View
from flycatcher.core.recipe.guidance import ALL, guidance
from flycatcher.core.techniques import named
from flycatcher.sinks.store import groups, search, words
from flycatcher.sinks.store.database import reading
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.console.desk import Visit

_SIGHTINGS = 20
_COLUMNS = ("uid", "time", "fingerprint", "host", "level", "score", "interpreter", "vector", "environment", "outcome", "command",
            "repository", "job")  # fmt: skip


def show(visit: Visit) -> View:
    """Show a detection by one of its sightings: that of ``sighting``, else the last one. Raises NotFound."""
    name = visit.names["name"]
    group = groups.group(visit.engine, name)
    if group is None:
        raise NotFound("There is no detection with this id; perhaps it is older than what is kept.")
    uid = visit.params.get("sighting", group["uid"])
    with reading(visit.engine) as connection:
        record = search.record_of(connection, name, uid)
        history = words.history(connection, name)
    if record is None:
        raise NotFound("There is no such sighting.")
    sightings = search.page(visit.engine, f"id:{name}", limit=_SIGHTINGS)
    environment = (
        group["environment"] if uid == group["uid"] else str(record_parts.context(record).get("environment", ""))
    )
    data: dict[str, Any] = {
        "group": group, "uid": uid, "record": record, "history": history, "sightings": sightings.rows,
        "states": list(words.STATES),
        "more": bool(sightings.after), "guides": _guides(environment),
        "techniques": {each: named(each) for each in group["techniques"]},
        "accept": accept.entries(record, history, visit.session.user, _today(visit)),
    }  # fmt: skip
    return View(data | {"verdict": record_parts.sentence(record)} | _parts(record), Sheet(_COLUMNS, sightings.rows))


def _parts(record: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows of a record, in the order of reading."""
    marks = shown.marks(record)
    return {
        "texts": record_parts.texts(record), "reasons": record_parts.reasons(record), "chain": record_parts.chain(record),
        "facts": record_parts.facts(record), "marks": [[snippet, layer, len(found)] for (snippet, layer), found in marks.items()],
    }  # fmt: skip


def _guides(environment: str) -> list[dict[str, Any]]:
    """Return what to do in an environment, in each of them where it is not known."""
    found = guidance(environment)
    return [_plain(guide) for guide in ([found] if found else ALL)]


def _plain(guide: Any) -> dict[str, Any]:  # noqa: ANN401 - a Guidance
    steps = {
        part: [{"text": step.text, "command": step.command} for step in getattr(guide, part)]
        for part in ("now", "next")
    }
    return {"environment": guide.environment, "title": guide.title, "stakes": list(guide.stakes)} | steps


def _today(visit: Visit) -> dt.date:
    return dt.datetime.fromtimestamp(visit.now, dt.UTC).date()


def sightings(visit: Visit) -> View:
    """Show all sightings of a query, a page after the other."""
    name = visit.names["name"]
    found = search.page(visit.engine, f"id:{visible(name)}", after=visit.params.get("after", ""), limit=100)
    if not found.rows:
        raise NotFound("There is no sighting of this detection here.")
    return View({"name": name, "rows": found.rows, "after": found.after}, Sheet(_COLUMNS, found.rows))


PAGE = Page("/detections/{name}", "detection.html", show)
SIGHTINGS = Page("/detections/{name}/sightings", "sightings.html", sightings)
