"""Detections as Arrow: record batches of logs in, record batches of detections out, for Polars, DuckDB, Spark and their like.

What comes in: :mod:`.batches`. What goes out: :mod:`.schema`, explained in docs/reference/arrow.md. Needs the extra ``hunt``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]

from flycatcher.hunt.batches import logs, pieces
from flycatcher.hunt.engine import Found, Hunt, Options
from flycatcher.hunt.schema import SCHEMA, VERSION, batch_of
from flycatcher.reporting import record_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flycatcher.sinks import Record
    from flycatcher.sources.logs.engine.recorded import Lost

__all__ = ["SCHEMA", "VERSION", "batch_of", "detect", "table"]
_ROWS = 1024
"""Detections of one batch."""


def detect(
    batches: Iterable[Any],
    *,
    form: str = "",
    shells: bool = False,
    log: str = "",
    told: Callable[[Lost], None] | None = None,
) -> Iterator[Any]:
    """Yield the detections in batches of logs, as batches in :data:`SCHEMA`.

    ``batches``: record batches, or what speaks Arrow (tables, Polars frames): lines in a column ``value``, ``line``, ``message``
    or ``raw``, beside which ``log``, ``file``, ``number`` and ``offset`` may say where each stands; or rows in a format's own
    columns. One log after the other, each in its order; the records of one event may lie in several batches, in any order within
    some thousands. ``form``: the format, where it is not recognised. ``log``: a name where no column has one.
    ``told`` is called with what the logs have lost, and with what could not be read.
    """
    hunt = Hunt(Options(form=form, shells=shells))
    waiting: list[Record] = []
    for _, files in logs(pieces(batches, log)):
        for each in hunt.read(files):
            if isinstance(each, Found):
                waiting.append(record_of(each.detection))
            elif told is not None:
                told(each)
            if len(waiting) >= _ROWS:
                yield batch_of(waiting)
                waiting = []
    if waiting:
        yield batch_of(waiting)


def table(records: Sequence[Record]) -> Any:  # noqa: ANN401 - pyarrow's own
    """Return records as a table."""
    return pa.Table.from_batches([batch_of(records)] if records else [], schema=SCHEMA)
