"""A console over a small store, and browsers of a viewer, an analyst and an administrator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("starlette")
pytest.importorskip("argon2")
pytest.importorskip("sse_starlette")

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from flycatcher.console.app import build
from flycatcher.console.security import passwords, users
from flycatcher.console.settings import LOOPBACK, Settings
from flycatcher.sinks.store.database import open_store
from flycatcher.sinks.store.ingest import ingest
from tests.console.stories import NOW, story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.engine import Engine
    from starlette.types import ASGIApp

PASSWORD = "correct-horse-battery"
ORIGIN = "http://localhost"


class Clock:
    """A time that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let passwords cost little: what a hash costs stands in the hash."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"store://{tmp_path}/store.db")
    ingest(engine, story())
    with engine.begin() as connection:
        for role in ("viewer", "analyst", "admin"):
            users.add(connection, f"the-{role}", role, PASSWORD)
    yield engine
    engine.dispose()


@pytest.fixture
def app(store: Engine, clock: Clock, tmp_path: Path) -> ASGIApp:
    return build(store, Settings(store="store:///x", hosts=LOOPBACK, clock=clock, spool=f"{tmp_path}/spool.db"))


def browser(app: ASGIApp) -> TestClient:
    """Return what behaves as a browser that nobody has logged in with."""
    return TestClient(app, base_url=ORIGIN, follow_redirects=False, headers={"origin": ORIGIN})


def log_in(client: TestClient, name: str, password: str = PASSWORD) -> TestClient:
    answer = client.post("/login", data={"name": name, "password": password})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return client


@pytest.fixture
def anybody(app: ASGIApp) -> TestClient:
    return browser(app)


@pytest.fixture
def as_role(app: ASGIApp) -> Callable[[str], TestClient]:
    return lambda role: log_in(browser(app), f"the-{role}")


@pytest.fixture
def viewer(as_role: Callable[[str], TestClient]) -> TestClient:
    return as_role("viewer")


@pytest.fixture
def analyst(as_role: Callable[[str], TestClient]) -> TestClient:
    return as_role("analyst")


@pytest.fixture
def admin(as_role: Callable[[str], TestClient]) -> TestClient:
    return as_role("admin")


def csrf(client: TestClient) -> str:
    """Return what the forms of a page bring back."""
    found = re.search(r'name="csrf" value="([\w-]+)"', client.get("/me").text)
    assert found
    return found[1]


@pytest.fixture
def token() -> Callable[[TestClient], str]:
    return csrf
