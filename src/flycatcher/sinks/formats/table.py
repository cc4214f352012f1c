"""CSV: one detection a row. A spreadsheet takes no cell for a formula, and no character is hidden."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from flycatcher.sinks.formats.flat import COLUMNS, row
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flycatcher.sinks import Record, Transport

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Table:
    """``--format csv``."""

    def __init__(self, transport: Transport) -> None:
        """``transport`` takes the bytes."""
        self.path = transport.path
        self._transport = transport

    def open(self) -> None:
        """Write the names of the columns."""
        self._transport.open()
        self._transport.write(_line(COLUMNS))

    def write(self, record: Record) -> None:
        """Write one row."""
        self._transport.write(_line(_cell(value) for value in row(record).values()))

    def close(self, summary: Mapping[str, Any]) -> None:
        """Finish; a table has no room for figures."""
        del summary
        self._transport.close()


def _cell(value: str | int) -> str | int:
    """Return a value that a spreadsheet takes for text."""
    if not isinstance(value, str):
        return value
    shown = visible(value)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _line(values: Iterable[str | int]) -> bytes:
    """Return one row (RFC 4180)."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(values)
    return text.getvalue().encode("utf-8", "backslashreplace")
