"""What arrives is told once, in order, and told on from where a browser lost it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from flycatcher.console import stream
from flycatcher.sinks.store import retention, schema
from flycatcher.sinks.store.arrivals import arrived, last_number
from flycatcher.sinks.store.database import open_store
from flycatcher.sinks.store.ingest import ingest
from tests.console.stories import seen

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Engine
    from starlette.testclient import TestClient


def more(store: Engine, *numbers: int, host: str = "new-1") -> None:
    ingest(
        store, [seen(1000 + number, "perl", "-e", f"print {number}", hours=300, host__name=host) for number in numbers]
    )


def commands(rows: list[dict[str, Any]]) -> list[str]:
    return [row["command"] for row in rows]


def test_what_is_stored_later_arrives_later_however_old_it_is(store: Engine) -> None:
    number = last_number(store)
    more(store, 1, 2)
    more(store, 3)
    rows = arrived(store, number)
    assert commands(rows) == ["perl -e 'print 1'", "perl -e 'print 2'", "perl -e 'print 3'"]
    assert commands(arrived(store, rows[1]["number"])) == ["perl -e 'print 3'"]
    assert arrived(store, rows[2]["number"]) == []
    assert commands(arrived(store, number, "host:other")) == []
    assert commands(arrived(store, number, limit=2)) == ["perl -e 'print 1'", "perl -e 'print 2'"]


def test_a_number_never_comes_twice_even_when_the_last_sighting_is_deleted(store: Engine) -> None:
    more(store, 1)
    number = last_number(store)
    retention.prune(store, retention.Kept(rows=1))
    with store.begin() as connection:
        connection.execute(sa.delete(schema.executions))
    more(store, 2)
    assert [row["number"] for row in arrived(store, 0)] == [number + 1]


def test_sightings_of_the_first_version_have_arrived_in_the_order_of_their_times(tmp_path: Path) -> None:
    from tests.store import test_store  # noqa: PLC0415

    old = tmp_path / "store.db"
    old.write_bytes((test_store.HERE / "store-0001.db").read_bytes())
    engine = open_store(f"store://{old}")
    rows = arrived(engine, 0)
    assert len(rows) > 0
    assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
    engine.dispose()


class Feed:
    """The stream of an application, read by hand: each line as it comes."""

    def __init__(self, client: TestClient, path: str, headers: dict[str, str] | None = None) -> None:
        self.status, self.lines = 0, []
        self._app, self._cookie = client.app, client.cookies["flycatcher"]
        self._path, _, self._query = path.partition("?")
        self._headers = headers or {}

    def until(self, events: int) -> list[tuple[str, str]]:
        """Return id and event of so many events, then go away as a browser does."""
        return asyncio.run(asyncio.wait_for(self._read(events), 60))

    async def _read(self, events: int) -> list[tuple[str, str]]:
        gone, text = asyncio.Event(), ""

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            nonlocal text
            self.status = message.get("status", self.status)
            text += message.get("body", b"").decode()
            if text.count("event: ") >= events or (self.status != 200):
                gone.set()

        headers = {"host": "localhost", "cookie": f"flycatcher={self._cookie}"} | self._headers
        scope = {
            "type": "http", "method": "GET", "path": self._path, "raw_path": self._path.encode(), "query_string": self._query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()], "client": ("127.0.0.1", 1), "scheme": "http",
            "server": ("localhost", 80), "http_version": "1.1", "root_path": "", "asgi": {"version": "3.0"},
        }  # fmt: skip
        await self._app(scope, receive, send)
        blocks = [
            dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            for block in text.replace("\r", "").split("\n\n")
        ]
        return [(block.get("id", ""), block["event"]) for block in blocks if "event" in block]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PAUSE", 0.01)


def test_a_browser_that_comes_back_gets_what_it_has_missed_once(viewer: TestClient, store: Engine) -> None:
    number = last_number(store)
    more(store, 1, 2, 3)
    first = Feed(viewer, f"/live/events?from={number}").until(2)
    assert first[:2] == [(str(number + 1), "sighting"), (str(number + 2), "sighting")]
    again = Feed(viewer, f"/live/events?from={number}", {"last-event-id": str(number + 2)}).until(1)
    assert again[0] == (str(number + 3), "sighting")


def test_what_is_stored_while_a_browser_follows_arrives(viewer: TestClient, store: Engine) -> None:
    number = last_number(store)
    writer = threading.Timer(0.1, more, (store, 1), {"host": "new-2"})
    writer.start()
    assert Feed(viewer, f"/live/events?from={number}&q=host:new-2").until(1)[0] == (str(number + 1), "sighting")
    writer.join()


def test_the_stream_ends_with_the_session(viewer: TestClient, clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_ASKED_AGAIN", 1)
    feed = Feed(viewer, "/live/events")
    threading.Timer(0.1, lambda: setattr(clock, "now", clock.now + 90_000)).start()
    assert feed.until(1)[-1] == ("", "ended")


def test_a_wrong_query_is_refused_and_so_are_too_many_browsers(
    viewer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert viewer.get("/live/events?q=colour:red").status_code == 400
    monkeypatch.setattr(stream, "MOST", 0)
    assert viewer.get("/live/events").status_code == 503


def test_following_is_in_the_audit(viewer: TestClient, store: Engine) -> None:
    more(store, 1)
    Feed(viewer, "/live/events?from=0").until(1)
    with store.connect() as connection:
        assert "followed" in set(connection.scalars(sa.select(schema.audit.c.action)))
