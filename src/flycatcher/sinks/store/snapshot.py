"""A store as it is at one moment, read and never written: nothing is migrated, and all queries see the same rows."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.sinks.store.database import postgresql, shown, sqlite_path
from flycatcher.sinks.store.head import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

_HINT = "store:///FILE or postgresql://USER@HOST/NAME"


@contextmanager
def snapshot(address: str) -> Iterator[Connection]:
    """Yield a connection that only reads. Raises FlycatcherError for a store that is not there, or is of another schema."""
    with needed("SQLAlchemy", "store"):
        import sqlalchemy as sa  # noqa: PLC0415 - only the store needs it
    engine = postgresql(address) if address.startswith("postgresql") else _sqlite(sqlite_path(address))
    try:
        level = "REPEATABLE READ" if engine.dialect.name == "postgresql" else "SERIALIZABLE"
        with engine.connect().execution_options(isolation_level=level, postgresql_readonly=True) as connection:
            _check_schema(connection, address)
            yield connection
    except (sa.exc.SQLAlchemyError, OSError) as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise FlycatcherError(f"store {shown(address)}: {said}", hint=_HINT) from error
    finally:
        engine.dispose()


def _sqlite(path: Path) -> Engine:
    import sqlalchemy as sa  # noqa: PLC0415

    if not path.is_file():
        what = "not a file" if path.exists() else "there is no store here"
        raise FlycatcherError(f"{path}: {what}", hint="flycatcher store import FILE makes one", code=3)
    # a store that lies where nobody may write has no place for the files beside it, which a reader needs, too
    alone = not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()
    name = f"file://{quote(str(path.absolute()))}?mode=ro{'&immutable=1' * alone}"
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(name, uri=True, timeout=30))

    @sa.event.listens_for(engine, "connect")
    def settle(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, see below
        connection.execute("PRAGMA query_only=ON")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")  # from the first query to the last, the same rows

    return engine


def _check_schema(connection: Connection, address: str) -> None:
    """Raise FlycatcherError where the tables are not those that this release knows."""
    import sqlalchemy as sa  # noqa: PLC0415

    if not sa.inspect(connection).has_table("alembic_version"):
        raise FlycatcherError(f"store {shown(address)}: it holds no store of Flycatcher", hint=_HINT, code=3)
    found = str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())[:32]
    if found < HEAD:
        raise FlycatcherError(
            f"store {shown(address)}: its schema is {found}, older than {HEAD}, and a report changes nothing",
            hint=f"flycatcher store status --store {shown(address)} brings it up to date",
        )
    if found > HEAD:
        raise FlycatcherError(
            f"store {shown(address)}: a newer version made it (schema {found!r}, known: {HEAD})",
            hint="upgrade flycatcher",
        )
