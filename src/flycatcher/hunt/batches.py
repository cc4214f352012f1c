"""From Arrow record batches to the files of logs: a column of lines, with the place of each, or rows in a format's own columns.

What the local engine reads of Parquet and Arrow, what notebooks hand over and what Spark hands to its executors comes in here.
Needs the extra ``hunt``.
"""

from __future__ import annotations

from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-not-found,import-untyped,unused-ignore]

from flycatcher.hunt.streams import Rows, Whole
from flycatcher.sources.logs.engine.recorded import Block
from flycatcher.sources.logs.engine.rows import encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LINES = ("value", "line", "message", "raw")
"""Names of a column that holds lines, where no other column of text does."""
PLACES = ("log", "file", "number", "offset", "size", "whole")
"""Columns beside it.

``log``: what belongs together, as rotated files do; ``file``: of the log, or the log itself where there is no ``log``; ``number``:
of the line, from 1; ``offset``: of its first byte; without these two, lines are counted. ``size``: of the line in bytes, where the
value is only its beginning. ``whole``: whether the value is no line but all that is in the file, packed or not.
"""


class Piece(NamedTuple):
    """Lines of one file that follow each other, or all that is in it."""

    log: str
    file: str
    held: Block | bytes


def logs(found: Iterable[Piece]) -> Iterator[tuple[str, Iterator[Rows | Whole]]]:
    """Yield the logs that pieces are of, each with its files, one after the other: each is read before the next is asked for."""
    for name, of_log in groupby(found, lambda piece: piece.log):
        yield name, _files(of_log)


def _files(pieces_of_log: Iterator[Piece]) -> Iterator[Rows | Whole]:
    """Yield the files of a log."""
    for name, of_file in groupby(pieces_of_log, lambda piece: piece.file):
        first = next(of_file).held
        if isinstance(first, bytes):
            yield Whole(name, first)
        else:
            rest = (piece.held for piece in of_file if isinstance(piece.held, Block))
            yield Rows(name, chain((first,), rest))


def in_blocks(batches: Iterable[Any]) -> Iterator[Block]:
    """Yield the blocks of batches of one file; names that a column has for parts of it do not count."""
    number, offset = 1, 0
    for batch in batches:
        for block in blocks(batch, number, offset):
            yield block
            number, offset = block.number + block.data.count(b"\n"), block.offset + len(block.data)


def pieces(batches: Iterable[Any], log: str = "") -> Iterator[Piece]:
    """Yield what stands in batches; ``log``: a name where no column has one."""
    return counted(run for batch in _record_batches(batches) for run in _runs(batch, log))


def counted(runs: Iterable[tuple[tuple[str, str], Any]]) -> Iterator[Piece]:
    """Yield what stands in parts of batches, each with its log and file; numbers and offsets go on where no column has them."""
    at, number, offset = ("", ""), 1, 0
    for where, rows in runs:
        if _is_whole(rows):
            at = ("", "")
            yield from (Piece(*where, _bytes(each)) for each in rows.column(text_column(rows.schema)))
            continue
        if where != at:
            at, number, offset = where, 1, 0
        for block in blocks(rows, number, offset):
            yield Piece(*where, block)
            number, offset = block.number + block.data.count(b"\n"), block.offset + len(block.data)
        offset += beyond(rows.slice(rows.num_rows - 1))


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
    apart = [*columns, batch.column("whole")] if "whole" in batch.schema.names else columns
    ends = sorted({end for column in apart for end in pc.run_end_encode(column).run_ends.to_pylist()})
    for begin, end in zip([0, *ends], ends, strict=False):
        found = [column[begin].as_py() for column in columns]
        yield (found[0], found[-1]), batch.slice(begin, end - begin)


def _is_whole(rows: Any) -> bool:  # noqa: ANN401 - pyarrow's own
    """Whether rows hold whole files."""
    return "whole" in rows.schema.names and bool(text_column(rows.schema)) and rows.column("whole")[0].as_py() is True


def _bytes(value: Any) -> bytes:  # noqa: ANN401 - pyarrow's own
    """Return a value of text or bytes, or null, as bytes."""
    held = value.as_py()
    return held if isinstance(held, bytes) else (held or "").encode()


def blocks(batch: Any, number: int, offset: int) -> Iterator[Block]:  # noqa: ANN401 - pyarrow's own
    """Yield a batch as blocks of lines: those of its column of text, or its rows as JSON."""
    name = text_column(batch.schema)
    if name is None:
        yield Block(_objects(batch), number, offset, rows=True)
        return
    values = batch.column(name).cast(pa.binary())
    numbers, offsets = (_integers(batch, each) for each in ("number", "offset"))
    for begin, end in _cuts(values, offsets, longer(batch)):
        data = joined(values.slice(begin, end - begin))
        if numbers is not None:
            number = numbers[begin].as_py()
        if offsets is not None:
            offset = offsets[begin].as_py()
        if data:
            yield Block(data, number, offset)
        number, offset = number + data.count(b"\n"), offset + len(data) + beyond(batch.slice(begin, end - begin))


def longer(batch: Any) -> list[int]:  # noqa: ANN401 - pyarrow's own
    """Return the rows whose lines go on beyond their values."""
    at, name = batch.schema.get_field_index("size"), text_column(batch.schema)
    if at < 0 or name is None or batch.column(at).null_count == batch.num_rows:
        return []
    size = pc.fill_null(batch.column(at).cast(pa.int64()), 0)
    found: list[int] = pc.indices_nonzero(
        pc.greater(size, pc.binary_length(batch.column(name)).cast(pa.int64()))
    ).to_pylist()
    return found


def beyond(batch: Any) -> int:  # noqa: ANN401 - pyarrow's own
    """Return the bytes of lines that their values do not hold."""
    return sum(
        batch.column("size")[at].as_py() - len(_bytes(batch.column(text_column(batch.schema))[at]))
        for at in longer(batch)
    )


def _integers(batch: Any, name: str) -> Any:  # noqa: ANN401 - pyarrow's own
    """Return a column of numbers that is whole; None where there is none."""
    at = batch.schema.get_field_index(name)
    if at < 0 or not pa.types.is_integer(batch.schema.types[at]) or batch.column(at).null_count:
        return None
    return batch.column(at)


def _cuts(values: Any, offsets: Any, long: list[int]) -> list[tuple[int, int]]:  # noqa: ANN401 - pyarrow's own
    """Return the parts of a column of lines that follow each other in their file; ``long``: lines that are not whole."""
    count = len(values)
    if not count:
        return []
    breaks = set(long)
    if offsets is not None and count > 1:
        follows = pc.add(pc.add(offsets.cast(pa.int64()), pc.fill_null(pc.binary_length(values), 0)), 1)
        apart = pc.not_equal(follows.slice(0, count - 1), offsets.slice(1).cast(pa.int64()))
        breaks |= set(pc.indices_nonzero(apart).to_pylist())
    begins = [0, *(each + 1 for each in sorted(breaks) if each + 1 < count)]
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
