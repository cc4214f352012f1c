"""Many rows at once: one statement for all of a table's, written once for each database.

SQLAlchemy and psycopg take longer to bind a row than the databases take to store it. SQLite's driver gets tuples as they are;
PostgreSQL gets all rows as one JSON text, which it reads itself (``json_to_recordset``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import sqlalchemy as sa
    from sqlalchemy.engine import Connection, Dialect

    Row = dict[str, Any]

_LESSER, _GREATER = {"sqlite": "min", "postgresql": "least"}, {"sqlite": "max", "postgresql": "greatest"}
_UPDATED = {"first_seen": _LESSER, "last_seen": _GREATER, "level": _GREATER, "score": _GREATER}
"""Columns of a row that is there already, and what becomes of the old and the new value."""
_SUMMED = "count"


def write(connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows that have the same columns in the same order: what is there stays, but for counts and extremes."""
    statement = _insert(connection.dialect, table, tuple(rows[0]))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement, (_json(rows),))
    else:
        connection.exec_driver_sql(statement, [tuple(row.values()) for row in rows])


def _json(rows: Sequence[Row]) -> str:
    """Return rows as JSON, bytes as PostgreSQL's ``bytea`` reads them."""
    if any(isinstance(value, bytes) for value in rows[0].values()):
        rows = [
            {key: f"\\x{value.hex()}" if isinstance(value, bytes) else value for key, value in row.items()}
            for row in rows
        ]
    return msgspec.json.encode(rows).decode()


def present(connection: Connection, column: sa.Column[Any], values: list[str]) -> Iterable[str]:
    """Return those of the values that a column has."""
    name, table = column.name, column.table.name
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql(f"SELECT {name} FROM {table} WHERE {name} = ANY(%s)", (values,))  # noqa: S608 - names of the schema
    else:
        listed = msgspec.json.encode(values).decode()
        within = "(SELECT value FROM json_each(?))"
        found = connection.exec_driver_sql(f"SELECT {name} FROM {table} WHERE {name} IN {within}", (listed,))  # noqa: S608 - as above
    return (str(row[0]) for row in found)


@lru_cache(64)
def _insert(dialect: Dialect, table: sa.Table, columns: tuple[str, ...]) -> str:
    """Return the statement for rows of these columns."""
    quote = dialect.identifier_preparer.quote
    names = ", ".join(map(quote, columns))
    if dialect.name == "postgresql":
        typed = ", ".join(f"{quote(name)} {table.c[name].type.compile(dialect)}" for name in columns)
        source = f"SELECT * FROM json_to_recordset(%s::json) AS rows ({typed})"  # noqa: S608 - names of the schema
    else:
        source = f"VALUES ({', '.join('?' * len(columns))})"
    return f"INSERT INTO {quote(table.name)} ({names}) {source} ON CONFLICT {_conflict(dialect, table)}"


def _conflict(dialect: Dialect, table: sa.Table) -> str:
    """Return what is done about rows that are there."""
    quote = dialect.identifier_preparer.quote
    if table.name not in {"hosts", "detections"}:
        return "DO NOTHING"
    changes = [
        f"{name} = {_UPDATED[name][dialect.name]}({table.name}.{name}, excluded.{name})"
        for name in _UPDATED
        if name in table.c
    ]
    if _SUMMED in table.c:
        changes.append(f"{quote(_SUMMED)} = {table.name}.{quote(_SUMMED)} + excluded.{quote(_SUMMED)}")
    keys = ", ".join(column.name for column in table.primary_key)
    return f"({keys}) DO UPDATE SET {', '.join(changes)}"
