"""A store for each test: in SQLite, and in a PostgreSQL server that is started for the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

pytest.importorskip("sqlalchemy")
pytest.importorskip("alembic")


def _programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs: Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    plain = shutil.which("initdb")
    return found[-1].parent if found else Path(plain).parent if plain else None


def _as_user(words: list[str]) -> list[str]:
    """Return the words that run a server: it refuses to run as root."""
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *words] if os.geteuid() == 0 else words


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server on loopback; yield the address of its database."""
    pytest.importorskip("psycopg")
    programs = _programs()
    if programs is None:
        pytest.skip("needs PostgreSQL")
    folder = tmp_path_factory.mktemp("postgresql")
    for each in (folder, *folder.parents[:2]):  # pytest's own folders are private to root
        each.chmod(0o755)
    data = folder / "data"
    data.mkdir()
    if os.geteuid() == 0:
        os.chown(data, 65534, 65534)
        os.chown(folder, 65534, 65534)
    words = [
        str(programs / "initdb"),
        "-D",
        str(data),
        "-A",
        "trust",
        "-U",
        "fly",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    subprocess.run(_as_user(words), check=True, capture_output=True, cwd=folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = ["-c", "fsync=off", "-c", f"unix_socket_directories={folder}", "-c", "listen_addresses=127.0.0.1"]
    server = subprocess.Popen(
        _as_user([str(programs / "postgres"), "-D", str(data), "-p", str(port), *settings]),
        stderr=subprocess.PIPE, text=True, cwd=folder,
    )  # fmt: skip
    assert server.stderr is not None
    for line in server.stderr:
        if "ready to accept connections" in line:
            break
    yield f"postgresql://fly@127.0.0.1:{port}/postgres"
    server.terminate()
    server.communicate()


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
