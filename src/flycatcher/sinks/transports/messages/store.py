"""Flycatcher's own store: ``store:///var/lib/flycatcher/store.db``, or ``postgresql://user@host/name``.

A record that is there already is not added again, so that a copy changes nothing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.sinks.message import Unavailable
from flycatcher.sinks.transports.secret import secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message


class Store:
    """``to = "store:///PATH"``."""

    schemes: ClassVar = ("store", "postgresql")
    format: ClassVar = "flycatcher"
    most: ClassVar = 1000
    carries: ClassVar = ("flycatcher",)
    late: ClassVar = (
        "alembic.command", "alembic.config", "alembic.migration", "alembic.script", "flycatcher.sinks.store.database",
        "flycatcher.sinks.store.ingest", "psycopg", "sqlalchemy.dialects.postgresql.psycopg",
        "sqlalchemy.dialects.sqlite.pysqlite",
    )  # fmt: skip
    """What is loaded with the first message."""

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """There are none."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is opened yet. Raises FlycatcherError where SQLAlchemy is not installed."""
        del options
        with needed("SQLAlchemy", "store", by=f"sink {destination.name}"):
            import sqlalchemy  # noqa: PLC0415 - only this transport needs it
        self._trouble = sqlalchemy.exc.SQLAlchemyError
        self._refusal = (sqlalchemy.exc.DataError, sqlalchemy.exc.IntegrityError)
        self._destination = destination
        self._engine: Any = None

    def prepare(self) -> None:
        """Make the tables, and close it again; a store that is not there now is opened later."""
        from flycatcher.sinks.store.database import open_store  # noqa: PLC0415 - as SQLAlchemy

        with suppress(FlycatcherError, Unavailable):
            open_store(self._destination.to, password=secret_of(self._destination)).dispose()

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Add all in one transaction."""
        from flycatcher.sinks.store.database import open_store  # noqa: PLC0415 - as SQLAlchemy
        from flycatcher.sinks.store.ingest import ingest  # noqa: PLC0415

        try:
            if self._engine is None:
                self._engine = open_store(self._destination.to, password=secret_of(self._destination))
            ingest(self._engine, [message.event for message in messages])
        except FlycatcherError as error:
            raise Unavailable(str(error)) from error
        except self._refusal as error:
            return dict.fromkeys(range(len(messages)), _said(error))
        except self._trouble as error:
            self.close()
            raise Unavailable(_said(error)) from error
        return {}

    def close(self) -> None:
        """Close the connections."""
        if self._engine is not None:
            self._engine.dispose()
        self._engine = None


def _said(error: Exception) -> str:
    """Return what the database said, in one line."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]


TRANSPORT = Store
