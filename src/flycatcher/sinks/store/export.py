"""Records of a query as JSON Lines, CSV or Parquet."""

from __future__ import annotations

import csv
import io
from typing import IO, TYPE_CHECKING, Any

import msgspec

from flycatcher.extras import needed
from flycatcher.sinks.message import rfc3339
from flycatcher.sinks.store.search import page, records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

COLUMNS = (
    "time", "host", "level", "score", "interpreter", "vector", "environment", "outcome", "fingerprint", "repository", "job",
    "command", "title", "uid",
)  # fmt: skip
FORMATS = ("jsonl", "csv", "parquet")
_PART = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""


def export(engine: Engine, query: str, kind: str, stream: IO[bytes]) -> int:
    """Write what a query finds; return how many sightings that were."""
    if kind == "jsonl":
        count = 0
        for record in records(engine, query):
            stream.write(msgspec.json.encode(record) + b"\n")
            count += 1
        return count
    return (_csv if kind == "csv" else _parquet)(_parts(engine, query), stream)


def _parts(engine: Engine, query: str) -> Iterator[list[dict[str, Any]]]:
    """Yield rows of a table, some at a time."""
    after = ""
    while True:
        found = page(engine, query, after=after, limit=_PART)
        rows = [{name: row[name] for name in COLUMNS} for row in found.rows]
        for row in rows:
            row["time"] = rfc3339(row["time"])
        yield rows
        after = found.after
        if not after:
            return


def _csv(parts: Iterator[list[dict[str, Any]]], stream: IO[bytes]) -> int:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    count = 0
    for rows in parts:
        writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
        count += len(rows)
    text.detach()
    return count


def cell(value: Any) -> Any:  # noqa: ANN401 - a text or a number
    """Return a cell that no spreadsheet runs: an apostrophe before what would be a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _parquet(parts: Iterator[list[dict[str, Any]]], stream: IO[bytes]) -> int:
    with needed("pyarrow", "parquet", by="parquet"):
        import pyarrow as pa  # noqa: PLC0415 - only this format needs it
        import pyarrow.parquet as pq  # noqa: PLC0415
    fields = pa.schema([(name, pa.int64() if name == "score" else pa.string()) for name in COLUMNS])
    count = 0
    with pq.ParquetWriter(stream, fields, compression="zstd") as writer:
        for rows in parts:
            writer.write_table(pa.Table.from_pylist(rows, schema=fields))
            count += len(rows)
    return count
