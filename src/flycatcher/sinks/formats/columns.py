"""Parquet: one detection a row, in the columns of :mod:`.flat`; needs the extra ``hunt``."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.sinks.formats.flat import COLUMNS, NUMBERS, row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flycatcher.sinks import Record

_ROWS = 4096
"""Rows of a group."""


class Columns:
    """``--format parquet``."""

    def __init__(self, path: str, create: Callable[[str], IO[bytes]]) -> None:
        """``create`` makes the file. Raises FlycatcherError where the extra is missing, or the output is no file."""
        if path == "-":
            raise FlycatcherError("parquet goes to a file", hint="give -o FILE.parquet", code=2)
        with needed("pyarrow", "parquet", by="parquet"):
            import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: PLC0415 - of the extra
            import pyarrow.parquet as parquet  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: PLC0415, PLR0402
        self.path = path
        self._create = create
        self._arrow, self._parquet = pa, parquet
        self._schema = pa.schema([(name, pa.int64() if name in NUMBERS else pa.string()) for name in COLUMNS])
        self._rows: list[dict[str, str | int]] = []
        self._writer: Any = None
        self._file: IO[bytes] | None = None

    def open(self) -> None:
        """Create the file."""
        self._file = self._create(self.path)
        self._writer = self._parquet.ParquetWriter(self._file, self._schema, compression="zstd")

    def write(self, record: Record) -> None:
        """Add one row; a full group is written."""
        self._rows.append({name: _valid(value) for name, value in row(record).items()})
        if len(self._rows) >= _ROWS:
            self._flush()

    def _flush(self) -> None:
        """Write the rows that are waiting."""
        if self._rows:
            self._writer.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write what is left, and finish."""
        del summary
        self._flush()
        self._writer.close()
        if self._file is not None:
            self._file.close()


def _valid(value: str | int) -> str | int:
    """Return text as UTF-8 can hold it."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
