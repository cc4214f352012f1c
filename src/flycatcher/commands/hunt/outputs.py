"""The output formats of a hunt by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.sinks.outputs import record_sink, transport
from flycatcher.sinks.transports.place import open_for_writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.sinks import Sink

TEXT = "text"
FORMATS = (TEXT, "json", "jsonl", "csv", "parquet", "html", "sarif", "github")


def make(kind: str, file: str) -> Sink:
    """Return the sink for a format of records; ``file`` is ``-`` for stdout."""
    sink = record_sink(kind, file)
    if sink is not None:
        return sink
    if kind == "csv":
        from flycatcher.sinks.formats.table import Table  # noqa: PLC0415 - one of the formats

        return Table(transport(file))
    if kind == "parquet":
        from flycatcher.sinks.formats.columns import Columns  # noqa: PLC0415

        return Columns(file, open_for_writing)
    from flycatcher.sinks.formats.timeline import Timeline  # noqa: PLC0415

    return Timeline(transport(file))


def split(outputs: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the outputs that take records one by one, and the files of those that take groups at the end."""
    records = [(kind, file) for kind, file in outputs if kind != TEXT]
    return records, [file for kind, file in outputs if kind == TEXT]
