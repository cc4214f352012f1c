"""Health: what was lost, how the sensors stand, what waits for the sinks, how large the store is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flycatcher.console.desk import Page, Sheet, View
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.delivery.spool import Spool
from flycatcher.sinks.store import figures, retention

if TYPE_CHECKING:
    from flycatcher.console.desk import Visit

_MONTH = 30 * 86_400
_COLUMNS = (
    "what",
    "host",
    "sensor",
    "kind",
    "place",
    "state",
    "count",
    "notices",
    "last",
    "name",
    "waiting",
    "dead",
    "delivered",
    "error",
)


def show(visit: Visit) -> View:
    """Show the last thirty days."""
    losses = figures.losses(visit.engine, visit.now - _MONTH)
    sensors = figures.sensors(visit.engine, visit.now)
    sinks, trouble = _sinks(visit.desk.settings.spool)
    data = {
        "losses": losses, "sensors": sensors, "sinks": sinks, "trouble": trouble, "spool": visit.desk.settings.spool,
        "bytes": retention.size(visit.engine),
    }  # fmt: skip
    rows = [
        {"what": what} | row for what, some in (("loss", losses), ("sensor", sensors), ("sink", sinks)) for row in some
    ]
    return View(data, Sheet(_COLUMNS, rows))


def _sinks(path: str) -> tuple[list[dict[str, Any]], str]:
    """Return how it stands with the sinks of a spool, and why that is not known."""
    if not path or not Path(path).is_file():
        return [], ""
    try:
        with Spool(path) as spool:
            return [_failing(standing._asdict()) for standing in spool.standings()], ""
    except FlycatcherError as error:
        return [], str(error)


def _failing(row: dict[str, Any]) -> dict[str, Any]:
    """Return a sink's row; an error that a delivery has followed is over."""
    return row if row["error_time"] > row["last"] else row | {"error": ""}


PAGE = Page("/health", "health.html", show, title="Health")
