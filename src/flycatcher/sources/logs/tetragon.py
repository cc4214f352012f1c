"""Tetragon's events: one ``process_exec`` a start. Source: https://tetragon.io/docs/reference/grpc-api.

``arguments`` is one string: a word with a blank stands in double quotes, nothing is escaped, and an empty word is a blank more than
there need be, or nothing at the beginning and the end (``ArgsDecoder`` in pkg/process/args.go).
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
_START = "process_exec"
_QUOTED = ' "'
_LIMITS = ("rate_limit_info",)
_LATER = "the start itself is not in the log: known from {}"
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
    marks = (b'"process_', b'"rate_limit_info"')

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is an event of Tetragon's."""
        return any(
            isinstance(each, dict) and (name in _LIMITS or _is_process(name, each)) for name, each in row.items()
        )

    def row(self, row: Row) -> Iterator[Seen | Lost]:
        """Yield a start, or what the rate limit has left out."""
        host, limited = text(row, "node_name"), row.get("rate_limit_info")
        if isinstance(limited, dict):
            count = number(limited, "number_of_dropped_process_events") or 1
            words = f"Tetragon's rate limit left out {counted(count, 'event')}"
            yield Lost(text=words, place="rate limit", count=count, host=host, time=seconds(row.get("time")))
        name, event = next(
            ((name, each) for name, each in row.items() if isinstance(each, dict) and _is_process(name, each)), ("", {})
        )
        process = event.get("process")
        if isinstance(process, dict) and (name == _START or self._is_news(process)):
            yield self._seen(process, event, row, host, told=() if name == _START else (_LATER.format(name),))

    def _is_news(self, process: Row) -> bool:
        """Whether the start of an event's process is in no event before it."""
        key = text(process, "exec_id")
        return bool(key and text(process, "binary")) and key not in self.shared.lineage

    def _seen(self, process: Row, event: Row, row: Row, host: str, *, told: tuple[str, ...]) -> Seen:
        """Return the start that an event's process tells of."""
        key, parent = text(process, "exec_id"), text(process, "parent_exec_id")
        flags = text(process, "flags").split()
        told += tuple(_FLAGS[flag] for flag in flags if flag in _FLAGS)
        login = number(process, "auid")
        return Seen(
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


def _is_process(name: str, event: Row) -> bool:
    """Whether a field of a row is an event of a process: ``process_exec``, ``process_exit``, ``process_kprobe``, ..."""
    return name.startswith("process_") and isinstance(event.get("process"), dict)


def _path(process: Row) -> str:
    """Return the program's path; relative ones are joined to the folder."""
    return text(process, "binary")


def _line(process: Row) -> str:
    """Return program and words as one string."""
    words = text(process, "arguments")
    binary = _path(process)
    binary = f'"{binary}"' if " " in binary else binary
    # a first word in quotes has a blank in front of it
    return f"{binary} {words.removeprefix(' ') if words.startswith(_QUOTED) else words}" if words else binary


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
