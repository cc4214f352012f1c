"""OCSF, class 1007 (Process Activity). Source: https://schema.ocsf.io/classes/process_activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.core.execution import Process
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen, container_of
from flycatcher.sources.logs.engine.rows import Row, listed, number, pairs, pick, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAUNCH = 1
"""``activity_id``; others are terminations, openings and the like."""
_CLASS, _FAILED = 1007, 2
"""``class_uid`` of a process activity; ``status_id`` of one that failed."""
_DEPTH = 12
_CONTAINER = {
    "container.id": ("process.container.uid", "device.container.uid"), "container.name": ("process.container.name", "device.container.name"),
    "container.image": ("process.container.image.name",),
}  # fmt: skip


class Ocsf(JsonFormat):
    """Events of OCSF's class 1007, whichever product wrote them."""

    name = "ocsf"
    title = "OCSF"
    rank = 55
    words = "string"
    marks = (b'"cmd_line"',)

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is an event of OCSF."""
        return ("class_uid" in row and "metadata" in row) or (
            number(row, "class_uid") == _CLASS
            or (isinstance(row.get("process"), dict) and "cmd_line" in row["process"])
        )

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield a start."""
        if number(row, "activity_id") not in (_LAUNCH, None) or number(row, "class_uid") not in (_CLASS, None):
            return
        if row.get("status") == "Failure" or number(row, "status_id") == _FAILED:
            return
        process = row.get("process")
        if not isinstance(process, dict) or not text(process, "cmd_line"):
            return
        host, parent = text(row, "device.hostname", "device.name", "device.uid"), process.get("parent_process")
        pid, ppid = number(process, "pid"), number(parent, "pid")
        key, above = text(process, "uid"), text(parent, "uid")
        yield Seen(
            text=text(process, "cmd_line"),
            kind="string",
            exe=text(process, "file.path"),
            cwd=text(process, "working_directory", "cwd"),
            env=pairs(pick(process, "environment_variables")),
            pid=pid,
            ppid=ppid,
            uid=number(process, "user.uid")
            if number(process, "user.uid") is not None
            else number(row, "actor.user.uid"),
            user=text(process, "user.name") or text(row, "actor.user.name"),
            host=host,
            time=pick(row, "time_dt", "time", "process.created_time"),
            key=(host, key or pid) if key or pid is not None else None,
            parent=(host, above or ppid) if above or ppid is not None else None,
            ancestry=() if (host, above or ppid) in self.shared.lineage else _ancestors(row, parent),
            container=container_of(row, _CONTAINER),
        )


def _ancestors(row: Row, parent: Any) -> tuple[Process, ...]:  # noqa: ANN401 - a JSON tree
    """Return the ancestors that the event itself holds: parents of parents, then ``ancestry``."""
    found: list[Process] = []
    at = parent if isinstance(parent, dict) else pick(row, "actor.process")
    while isinstance(at, dict) and len(found) < _DEPTH:
        found.append(_process(at))
        at = at.get("parent_process")
    for each in listed(row, "process.ancestry"):
        if isinstance(each, dict) and len(found) < _DEPTH:
            found.append(_process(each))
    return tuple(each for each in found if each.exe or each.argv)


def _process(about: Row) -> Process:
    """Return one ancestor."""
    line = text(about, "cmd_line")
    argv = tuple(line.split(" ")) if line else ()
    return Process(pid=number(about, "pid") or 0, comm=text(about, "name"), exe=text(about, "file.path"), argv=argv)
