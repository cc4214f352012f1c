"""Splunk's common information model (``Endpoint.Processes``), from JSON or CSV exports of a search.

Source: https://docs.splunk.com/Documentation/CIM/latest/User/Endpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.execution import Process
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.rows import Row, number, text

if TYPE_CHECKING:
    from collections.abc import Iterator


class Splunk(JsonFormat):
    """Rows of Splunk's process data model; events that hold another log in ``_raw`` are read as that."""

    name = "splunk"
    title = "Splunk"
    rank = 30
    words = "string"
    marks = (b'"process"', b'"Processes.process"')

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row has a process and its time, as the model names them."""
        row = _fields(row)
        return isinstance(_field(row, "process"), str) and any(
            _field(row, name)
            for name in ("process_exec", "process_path", "process_name", "parent_process", "process_id")
        )

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield a start."""
        row = _fields(row)
        line = _field(row, "process")
        if not line:
            return
        host, pid, ppid = (
            _field(row, "dest") or _field(row, "host"),
            _number(row, "process_id"),
            _number(row, "parent_process_id"),
        )
        parent, exe = _field(row, "parent_process"), _field(row, "parent_process_path")
        yield Seen(
            text=line,
            kind="string",
            exe=_field(row, "process_path") or _field(row, "process_exec"),
            cwd=_field(row, "process_current_directory"),
            pid=pid,
            ppid=ppid,
            user=_field(row, "user"),
            host=host,
            time=_field(row, "_time") or _field(row, "time") or _field(row, "firstTime"),
            key=(host, _field(row, "process_guid") or pid) if pid is not None or _field(row, "process_guid") else None,
            parent=(host, _field(row, "parent_process_guid") or ppid) if ppid is not None else None,
            ancestry=(Process(exe=exe, argv=tuple(parent.split(" ")) if parent else ()),) if parent or exe else (),
        )


def _fields(row: Row) -> Row:
    """Return the fields of a row of an export."""
    inner = row.get("result")
    return inner if isinstance(inner, dict) else row


def _field(row: Row, name: str) -> str:
    """Return a field of the data model."""
    return text(row, name, f"Processes.{name}")


def _number(row: Row, name: str) -> int | None:
    """Return a number of the data model."""
    found = number(row, name)
    return found if found is not None else number(row, f"Processes.{name}")
