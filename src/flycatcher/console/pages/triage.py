"""Words on a detection: a state with its reason, or a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.console.desk import Deed, Gone
from flycatcher.console.security import audit
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.store import words

if TYPE_CHECKING:
    from flycatcher.console.desk import Visit

_LONGEST = 4000


def judge(visit: Visit) -> Gone:
    """Give a detection a state. Raises FlycatcherError."""
    name, state, why = visit.names["name"], visit.form.get("state", ""), visit.form.get("text", "").strip()[:_LONGEST]
    if state not in words.STATES:
        raise FlycatcherError(f"{state[:20]!r} is no state", hint=f"one of {', '.join(words.STATES)}", code=2)
    with visit.engine.begin() as connection:
        words.judge(connection, name, state, why, visit.session.user)
        audit.write(connection, visit.session.user, visit.address, "triage", f"{name} {state}")
    return Gone(f"/detections/{name}#words")


def note(visit: Visit) -> Gone:
    """Add a note. Raises FlycatcherError."""
    name, text = visit.names["name"], visit.form.get("text", "").strip()[:_LONGEST]
    if not text:
        raise FlycatcherError("A note needs words.", hint="write some", code=2)
    with visit.engine.begin() as connection:
        words.note(connection, name, text, visit.session.user)
        audit.write(connection, visit.session.user, visit.address, "note", name)
    return Gone(f"/detections/{name}#words")


DEEDS = (Deed("/detections/{name}/triage", judge), Deed("/detections/{name}/notes", note))
