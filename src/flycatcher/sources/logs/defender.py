"""Microsoft Defender and Sentinel: rows of ``DeviceProcessEvents`` and tables with the same columns, from JSON or CSV exports.

Source: https://learn.microsoft.com/defender-xdr/advanced-hunting-deviceprocessevents-table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.execution import Process
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.rows import Row, number, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHERS = frozenset({"ProcessTerminated", "OpenProcess", "ProcessTamperingDetected"})


class Defender(JsonFormat):
    """Exports of Defender's and Sentinel's process tables."""

    name = "defender"
    title = "Microsoft Defender"
    rank = 55
    words = "string"
    marks = (b"ProcessCommandLine",)

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row has a process's command line, as these tables name it."""
        return "ProcessCommandLine" in _columns(row)

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield a start."""
        row = _columns(row)
        if text(row, "ActionType") in _OTHERS or not text(row, "ProcessCommandLine"):
            return
        host, pid = text(row, "DeviceName", "Computer"), number(row, "ProcessId")
        ppid = number(row, "InitiatingProcessId")
        folder, name = text(row, "FolderPath"), text(row, "FileName")
        exe = (
            folder
            if folder.rpartition("/")[2] == name or not name
            else f"{folder.rstrip('/')}/{name}"
            if folder
            else name
        )
        yield Seen(
            text=text(row, "ProcessCommandLine"),
            kind="string",
            exe=exe,
            pid=pid,
            ppid=ppid,
            user=text(row, "AccountName", "InitiatingProcessAccountName"),
            host=host,
            time=text(row, "Timestamp", "TimeGenerated", "ProcessCreationTime"),
            key=(host, pid) if pid is not None else None,
            parent=(host, ppid) if ppid is not None else None,
            ancestry=_ancestors(row),
        )


def _columns(row: Row) -> Row:
    """Return the columns of a row, which an event hub puts into ``properties``."""
    inner = row.get("properties")
    return inner if isinstance(inner, dict) and "ProcessCommandLine" in inner else row


def _ancestors(row: Row) -> tuple[Process, ...]:
    """Return the process that started it, and the one that started that."""
    line = text(row, "InitiatingProcessCommandLine")
    exe, name = text(row, "InitiatingProcessFolderPath"), text(row, "InitiatingProcessFileName")
    pid = number(row, "InitiatingProcessId") or 0
    found = [Process(pid=pid, exe=exe, comm=name, argv=tuple(line.split(" ")) if line else ())]
    above = text(row, "InitiatingProcessParentFileName")
    if above:
        found.append(Process(pid=number(row, "InitiatingProcessParentId") or 0, comm=above))
    return tuple(each for each in found if each.exe or each.argv or each.comm)
