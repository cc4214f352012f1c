"""What a report is made of: sections of tables, each with the queries that give its figures. How it looks is told elsewhere."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from msgspec import Struct, structs

Kind = Literal["text", "count", "time", "duration", "percent"]
"""How a value is shown: ``time`` is seconds since 1970, ``duration`` seconds."""
Language = Literal["sql", "filter", "command"]
"""``filter``: the query language of the store, with ``flycatcher store query --count``; ``command``: a line for a shell."""


ROWS = 200
"""Rows of a table that are shown; the query gives all."""


class Column(NamedTuple):
    """One column."""

    name: str
    kind: Kind = "text"


class Query(Struct, frozen=True):
    """What somebody else runs to get the same."""

    language: Language
    text: str
    gives: str = ""
    """What of the table it gives; empty: all of it."""
    value: int | None = None
    """The number that it gives, where it gives one."""


class Table(Struct, frozen=True, kw_only=True):
    """Rows that one query gives, or that were read from a file."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    queries: tuple[Query, ...] = ()
    note: str = ""
    more: bool = False
    """The query gives more rows than these."""

    @property
    def shown(self) -> tuple[tuple[Any, ...], ...]:
        """The rows that are shown."""
        return self.rows[:ROWS]

    @property
    def is_cut(self) -> bool:
        """Whether there are more than are shown."""
        return self.more or len(self.rows) > ROWS

    def also(self, *queries: Query) -> Table:
        """Return the same with more queries."""
        return structs.replace(self, queries=(*self.queries, *queries))


class Section(Struct, frozen=True, kw_only=True):
    """One subject."""

    id: str
    title: str
    tables: tuple[Table, ...] = ()
    remarks: tuple[str, ...] = ()
    missing: str = ""
    """Why there is nothing, where what it needs was not given."""


class Report(Struct, frozen=True, kw_only=True):
    """All of it."""

    title: str
    facts: tuple[tuple[str, str], ...]
    """Labels and values: the time, the source, who made it with what."""
    remarks: tuple[str, ...]
    sections: tuple[Section, ...]
    is_sound: bool = True
    """Whether the evidence holds together."""
