"""At 100,000 detections each page costs a bounded number of queries, of steps of the database, and of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from bench.many import END, fill

from flycatcher.console.app import build
from flycatcher.console.security import passwords, users
from flycatcher.console.settings import Settings
from flycatcher.sinks.store.database import open_store
from tests.console.conftest import PASSWORD, browser, log_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

COUNT = 100_000
STEP = 1000
"""Instructions of SQLite's machine between two counts."""


class Meter:
    """Counts queries, and thousands of the instructions that SQLite runs for them: no clock has a say."""

    def __init__(self, engine: sa.Engine) -> None:
        self.queries = self.steps = 0
        sa.event.listen(engine, "before_cursor_execute", self._query)
        sa.event.listen(engine, "checkout", self._watched)

    def _query(self, *_: object) -> None:
        self.queries += 1

    def _watched(self, connection, *_: object) -> None:
        connection.set_progress_handler(self._step, STEP)

    def _step(self) -> int:
        self.steps += 1
        return 0


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Meter]]:
    engine = open_store(f"store://{tmp_path_factory.mktemp('many')}/store.db")
    fill(engine, COUNT)
    with pytest.MonkeyPatch.context() as patched, engine.begin() as connection:
        patched.setattr(passwords, "_HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=64))
        users.add(connection, "the-admin", "admin", PASSWORD)
    client = log_in(browser(build(engine, Settings(store="x", clock=lambda: END))), "the-admin")
    yield client, Meter(engine)
    engine.dispose()


@pytest.mark.parametrize(
    ("path", "queries", "steps"),
    [
        ("/overview.json?span=24h", 30, 3_000),
        ("/overview.json?span=30d", 30, 8_000),
        ("/detections.json", 16, 3_000),
        ("/detections.json?sort=latest", 16, 3_000),
        ("/detections.json?sort=newest&q=level>=high", 16, 4_000),
        ("/detections.json?q=-state:accepted,closed", 16, 3_000),
        ("/detections.json?q=host:ci-1 level>=high", 16, 5_000),
        ("/detections.json?q=since:7d", 16, 8_000),
        ("/detections.json?q=technique:T1059.006", 16, 4_000),
        ("/detections.json?q=capability:network.*", 20, 4_000),
        ("/detections.json?q=base64", 16, 4_000),
        ("/detections.json?q=since:7d -state:accepted", 16, 4_000),
        ("/hosts.json", 8, 1_500),
        ("/jobs.json", 6, 1_500),
        ("/live.json", 6, 100),
        ("/health.json", 8, 100),
        ("/audit.json", 6, 100),
    ],
)
def test_a_page_costs_as_much_as_it_may(many: tuple[TestClient, Meter], path: str, queries: int, steps: int) -> None:
    client, meter = many
    meter.queries = meter.steps = 0
    answer = client.get(path)
    used = (meter.queries, meter.steps)
    assert answer.status_code == 200
    assert used[0] <= queries, used
    assert used[1] <= steps, used
    assert len(answer.json().get("rows", [])) <= 100
    assert len(answer.content) < 400_000


def test_the_last_page_costs_no_more_than_the_first(many: tuple[TestClient, Meter]) -> None:
    client, meter = many
    first = client.get("/detections.json?sort=latest").json()
    oldest = f"{END - 29.9 * 86_400},ffffffffffffffff"
    meter.queries = meter.steps = 0
    data = client.get("/detections.json", params={"sort": "latest", "after": oldest}).json()
    assert (len(first["rows"]), len(data["rows"])) == (50, 50)
    assert data["rows"][0]["last_seen"] < END - 29.9 * 86_400
    assert meter.steps <= 100


def test_one_detection_costs_little(many: tuple[TestClient, Meter]) -> None:
    client, meter = many
    name = client.get("/detections.json").json()["rows"][0]["fingerprint"]
    meter.queries = meter.steps = 0
    assert client.get(f"/detections/{name}").status_code == 200
    assert meter.queries <= 18
    assert meter.steps <= 100
