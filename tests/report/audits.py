"""A month that audit reports are made of: two hosts that are watched, a loss, a gap, five detections, what two people said of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from msgspec import structs

from flycatcher.sinks.message import event_of
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.ingest import ingest
from tests.delivery.events import LOUD, notice, record

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from flycatcher.sinks.message import Event

CI = {
    "ci__system": "github",
    "ci__repository": "acme/shop",
    "ci__workflow": "build.yml",
    "ci__job": "build",
    "environment": "ci",
}
FIRST, LAST = "2026-10-01", "2026-10-31"
HOUR = 3600.0
PERL, PYTHON = ("perl", "-e", LOUD), ("python3", "-c", "print(1)")
RUBY, NODE = ("ruby", "-e", "puts 1"), ("node", "-e", "console.log(1)")


def at(text: str) -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp()


def seen(when: str, *argv: str, **context: str) -> Event:
    """Return a sighting at a time, by the sensor ``seccomp``."""
    made = record(*argv, **context)
    execution = dict(made["execution"], process={"pid": int(at(when)) % 30_000, "comm": argv[0]})
    execution["fidelity"] = dict(execution["fidelity"], time=f"{when}.000000Z")
    return event_of(made | {"execution": execution})


def said(kind: str, when: str, host: str, **fields: Any) -> Event:
    """Return what the sensor of a host says of itself."""
    told = {"sensor": "seccomp", "count": 0, "place": "", "text": kind} | fields
    return structs.replace(notice(kind, time=f"{when}.000000Z", **told), host=host)


def month() -> list[Event]:
    return [
        said("started", "2026-09-30T20:00:00", "web-1"),
        said("stopped", "2026-10-01T04:00:00", "web-1"),
        said("started", "2026-10-10T00:00:00", "web-1"),
        said("gap", "2026-10-10T01:00:00", "web-1", text="nothing was watched for 30 s"),
        seen("2026-10-10T06:00:00", *PERL, host__name="web-1", environment="production"),
        said("started", "2026-10-20T00:00:00", "web-1"),
        said("loss", "2026-10-20T01:00:00", "web-1", place="ring", count=3, text="3 records were lost"),
        said("stopped", "2026-10-20T02:00:00", "web-1"),
        seen("2026-10-05T10:00:00", *PYTHON, host__name="ci-1", ci__run="7", **CI),
        seen("2026-10-05T11:00:00", *PYTHON, host__name="ci-1", ci__run="8", **CI),
        seen("2026-10-06T10:00:00", *RUBY, host__name="ci-1", ci__run="8", **CI),
        seen("2026-10-07T10:00:00", *NODE, host__name="ci-2"),
        seen("2026-09-07T10:00:00", "node", "-e", "console.log(2)", host__name="ci-3"),
        seen("2026-11-01T00:00:00", "node", "-e", "console.log(3)", host__name="ci-3"),
    ]


def judged(
    engine: Engine, argv: tuple[str, ...], state: str, when: str, who: str = "ann", why: str = "it is ours"
) -> None:
    """Let somebody say something of a detection."""
    values = {"fingerprint": record(*argv)["id"], "state": state, "who": who, "time": at(when), "why": why}
    with engine.begin() as connection:
        connection.execute(schema.triage.insert(), values)


def fill(engine: Engine) -> None:
    """Put the month into a store."""
    ingest(engine, month())
    judged(engine, PYTHON, "investigating", "2026-10-05T12:00:00")
    judged(engine, PYTHON, "accepted", "2026-10-09T12:00:00", who="bob")
    judged(engine, PERL, "malicious", "2026-10-10T10:00:00")
    judged(engine, RUBY, "closed", "2026-10-06T10:30:00")
