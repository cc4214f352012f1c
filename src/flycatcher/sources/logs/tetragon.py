"""Tetragon's events: one ``process_exec`` a start. Source: https://tetragon.io/docs/reference/grpc-api.

``arguments`` is one string: a word with a blank stands in double quotes, nothing is escaped, and empty words do not show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.execution import Process
from flycatcher.sources.logs.engine.clock import seconds
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen, container_of
from flycatcher.sources.logs.engine.recorded import Lost
from flycatcher.sources.logs.engine.rows import Row, number, text
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSET = 4294967295
_FLAGS = {
    "truncArgs": "words of argv were cut off",
    "truncFilename": "the program's path was cut off",
    "errorArgs": "words of argv could not be read",
    "errorFilename": "the program's path could not be read",
    "errorCWD": "the folder could not be read",
    "miss": "the parent was not known to Tetragon",
    "procFS": "the process was there before Tetragon: read from /proc",
}
_CONTAINER = {
    "container.id": ("pod.container.id", "docker"), "container.name": ("pod.container.name",), "container.image": ("pod.container.image.name",),
    "kubernetes.pod": ("pod.name",), "kubernetes.namespace": ("pod.namespace",),
}  # fmt: skip


class Tetragon(JsonFormat):
    """Tetragon's export of events in JSON."""

    name = "tetragon"
    title = "Tetragon"
    rank = 60
    words = "string"
    marks = (b'"process_exec"', b'"rate_limit_info"', b'"process_kprobe"', b'"process_exit"')

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is an event of Tetragon's."""
        return any(
            isinstance(row.get(name), dict)
            for name in ("process_exec", "process_kprobe", "process_exit", "rate_limit_info")
        )

    def row(self, row: Row) -> Iterator[Seen | Lost]:
        """Yield a start, or what the rate limit has left out."""
        host, limited = text(row, "node_name"), row.get("rate_limit_info")
        if isinstance(limited, dict):
            count = number(limited, "number_of_dropped_process_events") or 1
            words = f"Tetragon's rate limit left out {counted(count, 'event')}"
            yield Lost(text=words, place="rate limit", count=count, host=host, time=seconds(row.get("time")))
        event = row.get("process_exec")
        process = event.get("process") if isinstance(event, dict) else None
        if not isinstance(process, dict) or not isinstance(event, dict):
            return
        key, parent = text(process, "exec_id"), text(process, "parent_exec_id")
        flags = text(process, "flags").split()
        told = tuple(_FLAGS[flag] for flag in flags if flag in _FLAGS)
        login = number(process, "auid")
        yield Seen(
            text=_line(process),
            kind="string",
            quoting="double",
            exe=_path(process),
            cwd=text(process, "cwd"),
            pid=number(process, "pid"),
            uid=number(process, "uid"),
            login="" if login in (None, _UNSET) else str(login),
            host=host,
            time=text(process, "start_time") or row.get("time"),
            key=key or None,
            parent=parent or None,
            ancestry=() if parent in self.shared.lineage else _parents(event),
            truncated=any("trunc" in flag or flag == "errorArgs" for flag in flags),
            notes=told,
            container=container_of(process, _CONTAINER),
        )


def _path(process: Row) -> str:
    """Return the program's path; relative ones are joined to the folder."""
    return text(process, "binary")


def _line(process: Row) -> str:
    """Return program and words as one string."""
    words = text(process, "arguments")
    binary = _path(process)
    binary = f'"{binary}"' if " " in binary else binary
    return f"{binary} {words}" if words else binary


def _parents(event: Row) -> tuple[Process, ...]:
    """Return the ancestors that the event itself holds."""
    found = []
    for about in (
        event.get("parent"),
        *(event.get("ancestors") or () if isinstance(event.get("ancestors"), list) else ()),
    ):
        if isinstance(about, dict) and text(about, "binary"):
            argv = (text(about, "binary"), *filter(None, text(about, "arguments").split(" ")))
            found.append(
                Process(pid=number(about, "pid") or 0, exe=text(about, "binary"), argv=argv, uid=number(about, "uid"))
            )
    return tuple(found)
