"""Detections as Arrow: record batches of a log in, record batches of detections out, for Polars, DuckDB, Spark and their like.

A batch holds lines (a column ``value``, ``line``, ``message`` or ``raw``), or rows whose columns are those of a format: ECS, OCSF,
Defender's tables, ... Needs the extra ``hunt``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]

from flycatcher.hunt.engine import Found, Hunt, Options
from flycatcher.reporting import record_of
from flycatcher.sinks.formats.flat import parent
from flycatcher.sources.logs.engine.recorded import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flycatcher.sinks import Record
    from flycatcher.sources.logs.engine.format import Format

LINES = ("value", "line", "message", "raw")
"""Names of a column that holds lines, where it is a batch's only column of text."""
_REASON = pa.struct([("points", pa.int32()), ("text", pa.string()), ("capability", pa.string())])
_SNIPPET = pa.struct(
    [
        (name, pa.string())
        for name in ("interpreter", "language", "vector", "option", "variable", "text", "path", "url", "note")
    ]
)
_PROCESS = pa.struct([("pid", pa.int64()), ("exe", pa.string()), ("argv", pa.list_(pa.string()))])
SCHEMA = pa.schema(
    [
        ("time", pa.timestamp("us", tz="UTC")), ("host", pa.string()), ("user", pa.string()), ("login", pa.string()),
        ("id", pa.string()), ("shape", pa.string()), ("interpreter", pa.string()),
        ("risk", pa.struct([("score", pa.int32()), ("level", pa.string()), ("confidence", pa.float64()),
                            ("reasons", pa.list_(_REASON))])),
        ("techniques", pa.list_(pa.string())), ("capabilities", pa.list_(pa.string())), ("snippets", pa.list_(_SNIPPET)),
        ("argv", pa.list_(pa.string())), ("exe", pa.string()), ("cwd", pa.string()), ("pid", pa.int64()), ("parent", pa.string()),
        ("ancestry", pa.list_(_PROCESS)), ("certainty", pa.string()), ("truncated", pa.bool_()), ("happened", pa.string()),
        ("notes", pa.list_(pa.string())), ("log", pa.string()), ("line", pa.int64()), ("byte", pa.int64()),
    ]
)  # fmt: skip
"""The columns of a detection."""
_ROWS = 1024
"""Detections of one batch."""


def detect(batches: Iterable[Any], *, form: str = "", shells: bool = False, log: str = "") -> Iterator[Any]:
    """Yield the detections in batches of a log, as batches in :data:`SCHEMA`.

    ``batches``: of one log, in its order; the records of one event may lie in several of them, in any order within some thousands.
    ``form``: the format, where it is not recognised by the first batch. ``log``: a name for the log.
    """
    hunt = Hunt(Options(form=form, shells=shells))
    reader: Format | None = None
    waiting: list[Record] = []
    number, offset = 1, 0
    for batch in batches:
        data = _lines(batch)
        reader = reader or (hunt.reader(data, log) if data else None)
        if reader is not None:
            waiting += _records(hunt.answered(reader.read(Block(data, number, offset))))
        number, offset = number + data.count(b"\n"), offset + len(data)
        while len(waiting) >= _ROWS:
            yield batch_of(waiting[:_ROWS])
            del waiting[:_ROWS]
    if reader is not None:
        waiting += _records(hunt.answered(reader.end()))
    if waiting:
        yield batch_of(waiting)


def _records(found: Iterable[Any]) -> list[Record]:
    """Return the records of what was found; what a log has lost is no detection."""
    return [record_of(each.detection) for each in found if isinstance(each, Found)]


def _lines(batch: Any) -> bytes:  # noqa: ANN401 - pyarrow's own
    """Return a batch as lines: those of its one column of text, or its rows as JSON."""
    names = batch.schema.names
    only = next((name for name in LINES if name in names and len(names) <= 2), None)
    if only is not None:
        values = batch.column(names.index(only)).to_pylist()
        lines = (
            value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
            for value in values
            if value is not None
        )
        return b"".join(line.replace(b"\n", b" ") + b"\n" for line in lines)
    rows = ({name: value for name, value in row.items() if value is not None} for row in batch.to_pylist())
    return b"".join(json.dumps(row, default=str).encode() + b"\n" for row in rows)


def table(records: Sequence[Record]) -> Any:  # noqa: ANN401 - pyarrow's own
    """Return records as a table."""
    return pa.Table.from_batches([batch_of(records)] if records else [], schema=SCHEMA)


def batch_of(records: Sequence[Record]) -> Any:  # noqa: ANN401 - pyarrow's own
    """Return records as one batch."""
    return pa.RecordBatch.from_pylist([_row(record) for record in records], schema=SCHEMA)


def _row(record: Record) -> dict[str, Any]:
    """Return a record's columns."""
    execution, risk = record["execution"], record.get("risk") or {}
    fidelity, context, process = (
        execution.get("fidelity") or {},
        execution.get("context") or {},
        execution.get("process") or {},
    )
    uid = process.get("uid")
    found = {
        "time": _micro(fidelity.get("time", "")),
        "host": context.get("host.name"),
        "user": context.get("user.name") or (None if uid is None else str(uid)),
        "login": context.get("user.login"),
        "risk": {
            "score": risk.get("score", 0),
            "level": risk.get("level", "none"),
            "confidence": risk.get("confidence", 1.0),
            "reasons": [
                {name: reason.get(name) for name in ("points", "text", "capability")}
                for reason in risk.get("reasons") or ()
            ],
        },
        "snippets": [{name: snippet.get(name) for name in _SNIPPET.names} for snippet in record["snippets"]],
        "argv": execution.get("argv"),
        "pid": process.get("pid"),
        "parent": parent(execution) or None,
        "ancestry": [
            {name: each.get(name) for name in ("pid", "exe", "argv")} for each in execution.get("ancestry") or ()
        ],
        "truncated": bool(fidelity.get("truncated")),
        "notes": list(fidelity.get("notes") or ()),
    }
    found |= {name: record.get(name) for name in ("id", "shape", "interpreter", "techniques", "capabilities")}
    found |= {name: execution.get(name) for name in ("exe", "cwd")}
    found |= {name: fidelity.get(name) for name in ("certainty", "happened", "log", "line", "byte")}
    return {name: _valid(value) for name, value in found.items()}


def _micro(time: str) -> int | None:
    """Return RFC 3339 as microseconds since 1970."""
    from flycatcher.sources.logs.engine.clock import seconds  # noqa: PLC0415 - as the readers have it

    return round(seconds(time) * 1e6) or None


def _valid(value: Any) -> Any:  # noqa: ANN401 - a JSON tree
    """Return a value whose texts are UTF-8, as Arrow has them."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {name: _valid(each) for name, each in value.items()}
    return [_valid(each) for each in value] if isinstance(value, list | tuple) else value
