"""A store for each test: in SQLite, and in a PostgreSQL server that is started for the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.delivery.servers import Postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Engine

pytest.importorskip("sqlalchemy")
pytest.importorskip("alembic")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a server on loopback; yield the address of its database."""
    pytest.importorskip("psycopg")
    if Postgresql.programs() is None:
        pytest.skip("needs PostgreSQL")
    server = Postgresql()
    server.start()
    yield server.address
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of an empty store."""
    if request.param == "sqlite":
        yield f"store://{tmp_path}/store.db"
        return
    where = request.getfixturevalue("postgresql")
    yield where
    import sqlalchemy as sa  # noqa: PLC0415

    engine = sa.create_engine(where.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()


@pytest.fixture
def store(address: str) -> Iterator[Engine]:
    """Return an empty store, opened."""
    from flycatcher.sinks.store.database import open_store  # noqa: PLC0415

    engine: Any = open_store(address)
    yield engine
    engine.dispose()
