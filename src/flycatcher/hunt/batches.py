"""From Arrow record batches to the files of logs: a column of lines, with the place of each, or rows in a format's own columns.

What the local engine reads of Parquet and Arrow, what notebooks hand over and what Spark hands to its executors comes in here.
Needs the extra ``hunt``.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-not-found,import-untyped,unused-ignore]

from flycatcher.hunt.streams import Rows
from flycatcher.sources.logs.engine.recorded import Block
from flycatcher.sources.logs.engine.rows import encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LINES = ("value", "line", "message", "raw")
"""Names of a column that holds lines, where no other column of text does."""
PLACES = ("log", "file", "number", "offset")
"""Columns beside it. ``log``: what belongs together, rotated files say; ``file``: of the log, it alone where there is no ``log``;
``number``: of the line, from 1; ``offset``: of its first byte. Without the last two, lines are counted."""


class Piece(NamedTuple):
    """Lines of one file that follow each other."""

    log: str
    file: str
    block: Block


def logs(batches: Iterable[Any], log: str = "") -> Iterator[tuple[str, Iterator[Rows]]]:
    """Yield the logs in batches, each with its files; the batches have them one after the other.

    ``log``: a name where no column has one. A log's files are to be read before the next log is asked for.
    """
    for name, of_log in groupby(pieces(batches, log), lambda piece: piece.log):
        yield name, _files(of_log)


def _files(pieces_of_log: Iterator[Piece]) -> Iterator[Rows]:
    """Yield the files of a log."""
    for name, of_file in groupby(pieces_of_log, lambda piece: piece.file):
        yield Rows(name, (piece.block for piece in of_file))


def in_blocks(batches: Iterable[Any]) -> Iterator[Block]:
    """Yield the blocks of batches of one file; names that a column has for parts of it do not count."""
    number, offset = 1, 0
    for batch in batches:
        for block in blocks(batch, number, offset):
            yield block
            number, offset = block.number + block.data.count(b"\n"), block.offset + len(block.data)


def pieces(batches: Iterable[Any], log: str = "") -> Iterator[Piece]:
    """Yield what stands in batches, lines joined; numbers and offsets go on within a file where no column has them."""
    at, number, offset = ("", log), 1, 0
    for batch in _record_batches(batches):
        for where, rows in _runs(batch, log):
            if where != at:
                at, number, offset = where, 1, 0
            for block in blocks(rows, number, offset):
                yield Piece(*where, block)
                number, offset = block.number + block.data.count(b"\n"), block.offset + len(block.data)


def _record_batches(given: Iterable[Any]) -> Iterator[Any]:
    """Yield record batches, of whatever speaks Arrow: a table, a Polars or DuckDB frame."""
    for each in given:
        if isinstance(each, pa.RecordBatch):
            yield each
        else:
            yield from (each if isinstance(each, pa.Table) else pa.table(each)).to_batches()


def _runs(batch: Any, log: str) -> Iterator[tuple[tuple[str, str], Any]]:  # noqa: ANN401 - pyarrow's own
    """Yield the parts of a batch that are of one file each, with the names of log and file."""
    names = [name for name in ("log", "file") if _is_text(batch.schema, name) and text_column(batch.schema)]
    if not names or not batch.num_rows:
        if batch.num_rows:
            yield (log, log), batch
        return
    columns = [pc.fill_null(batch.column(name).cast(pa.string()), log) for name in names]
    ends = sorted({end for column in columns for end in pc.run_end_encode(column).run_ends.to_pylist()})
    for begin, end in zip([0, *ends], ends, strict=False):
        found = [column[begin].as_py() for column in columns]
        yield (found[0], found[-1]), batch.slice(begin, end - begin)


def blocks(batch: Any, number: int, offset: int) -> Iterator[Block]:  # noqa: ANN401 - pyarrow's own
    """Yield a batch as blocks of lines: those of its column of text, or its rows as JSON."""
    name = text_column(batch.schema)
    if name is None:
        yield Block(_objects(batch), number, offset, rows=True)
        return
    values = batch.column(name).cast(pa.binary())
    numbers, offsets = (_integers(batch, each) for each in ("number", "offset"))
    for begin, end in _cuts(values, offsets):
        data = joined(values.slice(begin, end - begin))
        if numbers is not None:
            number = numbers[begin].as_py()
        if offsets is not None:
            offset = offsets[begin].as_py()
        if data:
            yield Block(data, number, offset)
        number, offset = number + data.count(b"\n"), offset + len(data)


def _integers(batch: Any, name: str) -> Any:  # noqa: ANN401 - pyarrow's own
    """Return a column of numbers that is whole; None where there is none."""
    at = batch.schema.get_field_index(name)
    if at < 0 or not pa.types.is_integer(batch.schema.types[at]) or batch.column(at).null_count:
        return None
    return batch.column(at)


def _cuts(values: Any, offsets: Any) -> list[tuple[int, int]]:  # noqa: ANN401 - pyarrow's own
    """Return the parts of a column of lines that follow each other in their file."""
    count = len(values)
    if offsets is None or count < 2:
        return [(0, count)] if count else []
    follows = pc.add(pc.add(offsets.cast(pa.int64()), pc.fill_null(pc.binary_length(values), 0)), 1)
    breaks = pc.indices_nonzero(
        pc.not_equal(follows.slice(0, count - 1), offsets.slice(1).cast(pa.int64()))
    ).to_pylist()
    begins = [0, *(each + 1 for each in breaks)]
    return list(zip(begins, [*begins[1:], count], strict=True))


def joined(values: Any) -> bytes:  # noqa: ANN401 - pyarrow's own
    """Return lines as bytes, each with its newline; one within a line becomes a blank, and nulls are left out."""
    values = values.drop_null()
    count = len(values)
    if not count:
        return b""
    whole: bytes = pc.binary_join(pa.ListArray.from_arrays([0, count], values), b"\n")[0].as_py()
    if whole.count(b"\n") != count - 1:
        whole = b"\n".join(line.replace(b"\n", b" ") for line in values.to_pylist())
    return whole + b"\n"


def text_column(schema: Any) -> str | None:  # noqa: ANN401 - pyarrow's own
    """Return the column that holds lines; None where rows have columns of a format's own."""
    for name in LINES:
        others = [each for each in schema.names if each != name]
        if _is_text(schema, name) and (len(others) <= 1 or all(each in PLACES for each in others)):
            return name
    return None


def _is_text(schema: Any, name: str) -> bool:  # noqa: ANN401 - pyarrow's own
    """Whether a column is there, and holds text or bytes."""
    at = schema.get_field_index(name)
    if at < 0:
        return False
    kind = str(schema.types[at])
    return (
        kind.removeprefix("large_").removesuffix("_view") in ("string", "binary") or "dictionary<values=string" in kind
    )


def _objects(batch: Any) -> bytes:  # noqa: ANN401 - pyarrow's own
    """Return rows as lines of JSON: by Polars, ten times as fast, where it is installed and knows all types."""
    frame = _frame(batch)
    if frame is not None:
        lines = frame.select(_json(frame)).to_series().to_arrow()
        return joined(lines.cast(pa.binary()))
    return b"".join(
        encoded({name: value for name, value in row.items() if value is not None}) for row in _plain(batch).to_pylist()
    )


def _frame(batch: Any) -> Any:  # noqa: ANN401 - Polars' own
    """Return a batch as a Polars frame; None where Polars is missing, or writes no JSON for one of the types."""
    if not all(map(_is_written, batch.schema.types)):
        return None
    try:
        import polars as pl  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: PLC0415 - of the extra
    except ImportError:
        return None
    return pl.from_arrow(batch)


def _json(frame: Any) -> Any:  # noqa: ANN401 - Polars' own
    """Return the expression that makes one JSON object of each row."""
    import polars as pl  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: PLC0415 - of the extra

    return pl.struct(frame.columns).struct.json_encode()


def _is_written(kind: Any) -> bool:  # noqa: ANN401 - pyarrow's own
    """Whether Polars writes a type's values as the standard library does; it ends in a panic for some of the others."""
    types = pa.types
    if types.is_struct(kind):
        return kind.num_fields > 0 and all(_is_written(kind.field(at).type) for at in range(kind.num_fields))
    if types.is_list(kind) or types.is_large_list(kind):
        return _is_written(kind.value_type)
    plain = (
        types.is_string, types.is_large_string, types.is_boolean, types.is_integer, types.is_floating, types.is_timestamp,
        types.is_null,
    )  # fmt: skip
    return any(is_it(kind) for is_it in plain) and not types.is_float16(kind)


def _plain(batch: Any) -> Any:  # noqa: ANN401 - pyarrow's own
    """Return a batch whose times Python can hold: without nanoseconds."""
    for at, kind in enumerate(batch.schema.types):
        if pa.types.is_timestamp(kind) and kind.unit == "ns":
            coarse = pa.timestamp("us", tz=kind.tz)
            batch = batch.set_column(
                at, pa.field(batch.schema.names[at], coarse), batch.column(at).cast(coarse, safe=False)
            )
    return batch
