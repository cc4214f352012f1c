"""Rows that hold another log's line: Sentinel's ``Syslog``, docker's JSON log, Splunk's ``_raw``, Elastic's ``message``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.sources.logs.auditd import Auditd
from flycatcher.sources.logs.engine.jsonrows import JsonFormat
from flycatcher.sources.logs.engine.recorded import Block, Lost, Recorded
from flycatcher.sources.logs.engine.rows import Row, row_of, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.sources.logs.engine.format import Format, Shared

_NODE = re.compile(r"[\w.:-]{1,253}", re.ASCII)
_TYPE = re.compile(rb"(^|[\s:])type=")
_FIELDS = (
    "SyslogMessage",
    "_raw",
    "log",
    "event.original",
    "full_log",
    "message",
    "MESSAGE",
    "Message",
    "msg",
    "textPayload",
    "rawEvent",
    "@message",
    "properties.log",
    "result._raw",
)
_HOSTS = (
    "Computer",
    "HostName",
    "host.hostname",
    "host.name",
    "hostname",
    "host",
    "Hostname",
    "agent.name",
    "result.host",
)


class Wrapped(JsonFormat):
    """JSON rows in which another log's lines are wrapped."""

    name = "wrapped"
    title = "wrapped log"
    rank = -10

    def __init__(self, shared: Shared, log: str = "") -> None:
        """Start with no inner reader."""
        super().__init__(shared, log)
        self._readers: dict[type[Format], Format] = {}

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line is a row that holds a line of a known format."""
        row = row_of(line)
        return row is not None and _inner(row)[0] is not None

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row holds a line of a known format."""
        return _inner(row)[0] is not None

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read the line that a row holds."""
        row = row_of(line)
        kind, inner = _inner(row) if row is not None else (None, b"")
        if kind is None or row is None:
            return
        reader = self._readers.get(kind)
        if reader is None:
            reader = self._readers[kind] = kind(self.shared, self.log)
        host = text(row, *_HOSTS)
        for each in _lines(kind, inner):
            named = _of_node(each, host) if kind is Auditd else each
            yield from (_at(found, host) for found in reader.read(Block(named, number, offset)))

    def idle(self) -> Iterable[Recorded | Lost]:
        """Yield what the inner readers wait for."""
        for reader in self._readers.values():
            yield from reader.idle()

    def end(self) -> Iterable[Recorded | Lost]:
        """Yield what the inner readers have left."""
        for reader in self._readers.values():
            yield from reader.end()


def _of_node(line: bytes, host: str) -> bytes:
    """Return an audit record with the row's host as its node, which tells apart the events of several hosts."""
    if not host or b"node=" in line[:64] or not _NODE.fullmatch(host):
        return line
    return _TYPE.sub(rb"\1node=" + host.encode() + b" type=", line, count=1)


def _lines(kind: type[Format], inner: bytes) -> list[bytes]:
    """Return the lines of a field that holds several of a format; else the whole as one line."""
    lines = [line for line in inner.split(b"\n") if line.strip()]
    return lines if len(lines) > 1 and all(map(kind.takes, lines)) else [inner.replace(b"\n", b" ")]


def _inner(row: Row) -> tuple[type[Format] | None, bytes]:
    """Return the format of the line that a row holds, and the line."""
    from flycatcher.sources.logs import formats  # noqa: PLC0415 - the registry holds this module too

    for field in _FIELDS:
        held = text(row, field).strip()
        if not held:
            continue
        line = held.encode("utf-8", "surrogateescape")
        for kind in formats().values():
            if kind is not Wrapped and kind.takes(line):
                return kind, line
    return None, b""


def _at(found: Recorded | Lost, host: str) -> Recorded | Lost:
    """Put the row's host where the line itself names none."""
    if not found.host and host:
        found.host = host
        if isinstance(found, Recorded):
            found.execution.context["host.name"] = host
    return found
