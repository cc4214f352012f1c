"""Asking a store: the SQL that is run is the SQL that the report prints."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

from flycatcher.commands.report.audit.parts import ROWS, Column, Query, Table
from flycatcher.core.levels import LEVELS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from flycatcher.commands.report.audit.span import Span


class Asker:
    """Runs queries about one time."""

    def __init__(self, connection: Connection, span: Span) -> None:
        """Keep both; ``connection`` is a snapshot's."""
        self._connection = connection
        self.span = span
        self._words = {
            "SINCE": repr(span.since),
            "UNTIL": repr(span.until),
            "MADE": repr(span.made),
            "WITHIN": f"time >= {span.since!r} AND time < {span.until!r}",
            "LEVEL": level_name("level"),
        }

    def table(self, title: str, sql: str, columns: tuple[Column, ...], **more: Any) -> Table:  # noqa: ANN401 - Table's own
        """Return the rows of a query, in which ``{SINCE}``, ``{UNTIL}``, ``{MADE}``, ``{WITHIN}`` and ``{LEVEL}`` are filled in."""
        text, rows = self.rows(sql)
        queries = (Query("sql", text), *more.pop("queries", ()))
        return Table(
            title=title, columns=columns, rows=tuple(rows[:ROWS]), queries=queries, more=len(rows) > ROWS, **more
        )

    def rows(self, sql: str) -> tuple[str, list[tuple[Any, ...]]]:
        """Return a query as it was run, and its rows, one more than are shown at most."""
        text = dedent(sql).strip()
        for word, value in self._words.items():
            text = text.replace(f"{{{word}}}", value)
        found = self._connection.exec_driver_sql(text).fetchmany(ROWS + 1)
        return text, [tuple(row) for row in found]

    def filtered(self, term: str, gives: str, value: int) -> Query:
        """Return the same as a query of the store's own language; ``value``: what it gives."""
        return Query("filter", f"{term} {self.span.terms}".strip(), gives, value)


def level_name(column: str) -> str:
    """Return SQL for the name of a level, which the store keeps as its place in the order."""
    cases = " ".join(f"WHEN {place} THEN '{name}'" for place, name in enumerate(LEVELS))
    return f"CASE {column} {cases} END"


def listed(values: tuple[str, ...]) -> str:
    """Return names of our own as a list in SQL."""
    return ", ".join(f"'{value}'" for value in values)
