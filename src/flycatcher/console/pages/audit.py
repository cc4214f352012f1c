"""The audit: who looked at what, and who changed what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.console.desk import Page, Sheet, View
from flycatcher.console.security import audit

if TYPE_CHECKING:
    from flycatcher.console.desk import Visit

_COLUMNS = ("time", "who", "address", "action", "target")


def show(visit: Visit) -> View:
    """Show entries, the newest first."""
    who = visit.params.get("who", "")[:64]
    rows, after = audit.entries(visit.engine, who=who, after=visit.params.get("after", ""))
    return View({"rows": rows, "after": after, "who": who}, Sheet(_COLUMNS, rows))


PAGE = Page("/audit", "audit.html", show, role="admin", title="Audit")
