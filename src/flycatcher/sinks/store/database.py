"""Opening a store: which database an address names, its settings, and its schema brought up to date."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.sinks.store.head import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

_MIGRATIONS = Path(__file__).parent / "migrations"
PRIVATE = 0o600


def open_store(address: str, *, password: str = "", create: bool = True) -> Engine:
    """Return an engine for ``store:///path``, a path, or ``postgresql://user@host/name``, its schema up to date.

    The password of PostgreSQL is in ``password``, or where libpq looks for it (PGPASSWORD, ~/.pgpass). Raises FlycatcherError.
    """
    with needed("SQLAlchemy", "store"):
        import sqlalchemy as sa  # noqa: PLC0415 - only the store needs it
    try:
        engine = postgresql(address, password) if address.startswith("postgresql") else _sqlite(address, create=create)
        _prepare(engine)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        said = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error).splitlines()[0]
        raise FlycatcherError(
            f"store {shown(address)}: {said}", hint="store:///FILE or postgresql://USER@HOST/NAME"
        ) from error
    return engine


def _prepare(engine: Engine) -> None:
    """Bring the schema up to date; a store that cannot be used keeps no connection open."""
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise


def shown(address: str) -> str:
    """Return an address without a password."""
    scheme, separator, rest = address.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}{at}{place}" if separator and at else address


def postgresql(address: str, password: str = "") -> Engine:
    """Return an engine for PostgreSQL. Raises FlycatcherError where what it needs is not installed."""
    import sqlalchemy as sa  # noqa: PLC0415

    url = sa.make_url(address).set(drivername="postgresql+psycopg")
    if password:
        url = url.set(password=password)
    try:
        with needed("psycopg", "store"):
            return sa.create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError:
        raise
    except ImportError as error:  # psycopg is there, and PostgreSQL's own library is not
        raise FlycatcherError("libpq is not installed", hint="Debian: apt-get install libpq5") from error


def sqlite_path(address: str) -> Path:
    """Return the file that an address names."""
    return Path(address.removeprefix("store://").removeprefix("sqlite://"))


def _sqlite(address: str, *, create: bool) -> Engine:
    import sqlalchemy as sa  # noqa: PLC0415

    path = sqlite_path(address)
    if not create and not path.exists():
        raise FlycatcherError(f"{path}: there is no store here", hint="flycatcher store import FILE makes one")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE))
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))

    @sa.event.listens_for(engine, "connect")
    def settle(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's
        connection.isolation_level = None  # BEGIN is ours to say: the driver's own comes too late for DDL
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "cache_size=-65536",
            "wal_autocheckpoint=10000",  # pages: an import would write the same pages of indexes back again and again
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # one writer, from the start: no lock is upgraded half way

    return engine


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision."""
    from alembic import command  # noqa: PLC0415 - as SQLAlchemy
    from alembic.config import Config  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    with engine.begin() as connection:
        # the revisions are files: they are not read where there is nothing to do
        current = MigrationContext.configure(connection).get_current_revision()
        if current == HEAD == {"head": HEAD}.get(revision, revision):
            return
        if current and current > HEAD:
            raise FlycatcherError(
                f"a newer version made this store (revision {current[:32]!r}, known: {HEAD})", hint="upgrade flycatcher"
            )
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection for queries alone, which no writer has to wait for."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
