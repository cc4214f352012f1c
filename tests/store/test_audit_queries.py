"""What an audit report asks a store, in SQLite and in PostgreSQL alike, and that its query, run again, gives the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.report.audit.work import Asked, report
from flycatcher.sinks.store.database import reading
from flycatcher.sinks.store.search import count
from tests.report.audits import FIRST, HOUR, LAST, fill

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


def test_every_figure_is_what_its_query_gives(store: Engine, address: str) -> None:
    fill(store)
    found = report(Asked(first=FIRST, last=LAST, store=address))
    asked = [(table, query) for section in found.sections for table in section.tables for query in table.queries]
    assert {query.language for _, query in asked} == {"sql", "filter"}
    with reading(store) as connection:
        for table, query in asked:
            if query.language == "filter":
                assert (query.text, count(store, query.text)) == (query.text, query.value)
            else:
                rows = [tuple(row) for row in connection.exec_driver_sql(query.text)]
                assert (table.title, rows) == (table.title, list(table.rows))
    times = {table.title: table.rows for table, _ in asked}
    assert times["Time to triage, all levels"] == (("all", 4, 3, 1, 2 * HOUR, 4 * HOUR),)
    assert [int(row[2]) for row in times["Losses and gaps, by kind"]] == [0, 3]
