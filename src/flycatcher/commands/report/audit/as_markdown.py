"""The report as Markdown, in which nothing that was recorded is markup. Titles and notes are our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.commands.report.audit.values import NOTHING, NUMBERS, heading, shown
from flycatcher.terminal import line_start, markdown, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.commands.report.audit.parts import Kind, Query, Report, Section, Table

_FENCES = {"sql": "sql", "filter": "sh", "command": "sh"}


def as_markdown(report: Report) -> str:
    """Return the whole document."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {report.title}"
    yield ""
    yield from (f"- {markdown(label)}: {markdown(value)}" for label, value in report.facts)
    if not report.is_sound:
        yield "\n**The evidence does not hold together: see integrity above.**"
    yield from _paragraphs(report.remarks)
    for number, section in enumerate(report.sections, 1):
        yield ""
        yield f"## {number}. {section.title}"
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    if section.missing:
        yield ""
        yield f"**Not given:** {markdown(section.missing)}"
    yield from _paragraphs(section.remarks)
    for table in section.tables:
        yield ""
        yield f"### {table.title}"
        yield ""
        yield from _table(table)


def _paragraphs(remarks: tuple[str, ...]) -> Iterator[str]:
    for remark in remarks:
        yield ""
        yield markdown(remark)


def _table(table: Table) -> Iterator[str]:
    if table.rows:
        yield _row(heading(column.name) for column in table.columns)
        yield "|" + "|".join("---:" if column.kind in NUMBERS else "---" for column in table.columns) + "|"
        for row in table.shown:
            yield _row(_cell(value, column.kind) for value, column in zip(row, table.columns, strict=True))
    else:
        yield "None."
    if table.is_cut:
        yield ""
        yield f"The first {len(table.shown)} rows; the query gives all."
    if table.note:
        yield ""
        yield table.note
    for query in table.queries:
        yield from _query(query)


def _row(cells: Iterator[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: Any, kind: Kind) -> str:  # noqa: ANN401 - a database's value
    """Return a value; what is no number and no time can be anything, and is escaped."""
    said = shown(value, kind)
    return markdown(said) if kind == "text" and said != NOTHING else said


def _query(query: Query) -> Iterator[str]:
    """Yield a query in a fence that none of its lines can close: they begin with no backtick."""
    yield ""
    if query.gives:
        yield f"{markdown(query.gives[:1].upper() + query.gives[1:])}{_value(query)}:"
        yield ""
    yield f"```{_FENCES[query.language]}"
    yield from (line_start(line) for line in query_text(query).split("\n"))
    yield "```"


def _value(query: Query) -> str:
    return "" if query.value is None else f" ({query.value})"


def query_text(query: Query) -> str:
    """Return what a reader types. A command is one line, whatever the names in it are; SQL has no text but our own."""
    if query.language == "filter":
        return f"flycatcher store query --count '{query.text}'"
    return visible(query.text) if query.language == "command" else query.text
