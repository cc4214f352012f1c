"""Detections as Parquet, written by the executors: the configuration's rules and the redaction are those of any report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]
from msgspec import Struct

from flycatcher.hunt.engine import Found
from flycatcher.hunt.exchange import unpacked
from flycatcher.hunt.schema import SCHEMA, batch_of
from flycatcher.hunt.spark.task import Setup
from flycatcher.reporting import Reporter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flycatcher.sinks import Record

BY_DAY = SCHEMA.append(pa.field("day", pa.date32()))
"""The columns, and the day (UTC) that the files are parted by; null where the log has no time."""
_ROWS = 1024
"""Rows of one batch."""


class Kept:
    """A sink that keeps records until they are taken."""

    path = ""

    def __init__(self) -> None:
        """Start without any."""
        self.records: list[Record] = []

    def open(self) -> None:
        """Do nothing."""

    def write(self, record: Record) -> None:
        """Keep a record."""
        self.records.append(record)

    def close(self, summary: Mapping[str, Any]) -> None:
        """Do nothing."""

    def taken(self) -> Any:  # noqa: ANN401 - pyarrow's own
        """Return the records as a batch, and keep them no longer."""
        batch, self.records = batch_of(self.records), []
        days = batch.column("time").cast(pa.date32(), safe=False)
        return pa.RecordBatch.from_arrays([*batch.columns, days], schema=BY_DAY)


class Written(Struct, frozen=True, kw_only=True):
    """Turns packed results into rows."""

    setup: Setup
    suppressions: Any = ()
    rules: Any = ()
    """Of the configuration."""
    ignores: bool = True
    redact: bool = True
    known: frozenset[str] = frozenset()
    """Ids that are left out."""

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield the detections in batches of results."""
        self.setup.ready()
        kept = Kept()
        reporter = Reporter(
            [kept], suppressions=self.suppressions, rules=self.rules, ignores=self.ignores, redact=self.redact
        )
        for batch in batches:
            for data in batch.column("data").to_pylist():
                for each in unpacked(data).found:
                    if isinstance(each, Found) and each.detection.id not in self.known:
                        reporter.report(each.detection)
                if len(kept.records) >= _ROWS:
                    yield kept.taken()
        if kept.records:
            yield kept.taken()
