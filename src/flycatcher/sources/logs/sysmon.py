"""Sysmon for Linux: the XML of event 1 in syslog, in the journal's or Azure's rows, or in a file of its own.

Source: https://github.com/Sysinternals/SysmonForLinux. The words of a command line are joined by blanks, without quotes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.execution import Process
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.rows import Row, pick, row_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.logs.engine.recorded import Lost, Recorded

_DATA = re.compile(r"<Data Name=[\"']([A-Za-z]+)[\"']>([^<]*)(</Data>)?")
_COMPUTER = re.compile(r"<Computer>([^<]*)</Computer>")
_START = re.compile(r"<EventID(?: [^>]*)?>1</EventID>")
_QUOTES = {"&quot;": '"', "&apos;": "'", "&#39;": "'", "&#xA;": "\n", "&#xD;": "\r", "&#x9;": "\t"}
_UNKNOWN = frozenset({"-", ""})


class Sysmon(JsonFormat):
    """Sysmon for Linux's event 1 (process creation)."""

    name = "sysmon"
    title = "Sysmon for Linux"
    rank = 70
    words = "string"

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line holds an event of Sysmon."""
        return b"Sysmon" in line and (
            b"<Event>" in line or b"u003cEvent" in line or b'"EventData"' in line or b"<Event " in line
        )

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one event."""
        if b"Event" not in line:
            return
        message, around = line.decode("utf-8", "surrogateescape"), {}
        if line.lstrip()[:1] == b"{" and (row := row_of(line)) is not None:
            message, around = text(row, "SyslogMessage", "message", "MESSAGE", "_raw", "Message"), row
            if not message and isinstance(pick(row, "Event.EventData"), dict):
                message = _as_xml(row)
        start = message.find("<Event")
        if start < 0 or _START.search(message, start) is None:
            return
        seen = self._seen(message[start:], around)
        if seen is not None:
            yield from self.placed(seen, number, offset)

    def _seen(self, event: str, around: Row) -> Seen | None:
        """Return the start that an event's XML tells of."""
        from xml.sax.saxutils import unescape  # noqa: PLC0415 - loads urllib, which no other log needs

        data, whole = {}, True
        for name, value, closed in _DATA.findall(event):
            data[name] = unescape(value, _QUOTES)
            whole = whole and (bool(closed) or name != "CommandLine")
        line = data.get("CommandLine", "")
        if line in _UNKNOWN:
            return None
        computer = _COMPUTER.search(event)
        host = unescape(computer[1]) if computer else text(around, "Computer", "HostName", "host")
        pid, ppid = data.get("ProcessId", ""), data.get("ParentProcessId", "")
        key, parent = data.get("ProcessGuid", "") or pid, data.get("ParentProcessGuid", "") or ppid
        return Seen(
            text=line,
            kind="string",
            exe=_known(data.get("Image", "")),
            cwd=_known(data.get("CurrentDirectory", "")),
            pid=int(pid) if pid.isdecimal() else None,
            ppid=int(ppid) if ppid.isdecimal() else None,
            user=_known(data.get("User", "")),
            host=host,
            time=data.get("UtcTime", "") or text(around, "EventTime", "TimeGenerated"),
            key=(host, key) if key else None,
            parent=(host, parent) if parent else None,
            ancestry=() if (host, parent) in self.shared.lineage else _parent(data, ppid),
            truncated=not whole,
            notes=() if whole else ("the message was cut within the command line",),
        )


def _known(value: str) -> str:
    """Return a field, empty for a dash."""
    return "" if value in _UNKNOWN else value


def _parent(data: dict[str, str], ppid: str) -> tuple[Process, ...]:
    """Return the ancestor that the event itself names."""
    exe, line = _known(data.get("ParentImage", "")), _known(data.get("ParentCommandLine", ""))
    if not exe and not line:
        return ()
    return (Process(pid=int(ppid) if ppid.isdecimal() else 0, exe=exe, argv=tuple(line.split(" ")) if line else ()),)


def _as_xml(row: Row) -> str:
    """Return an event that was turned into JSON as the XML that it was."""
    data = pick(row, "Event.EventData")
    identity = pick(row, "Event.System.EventID")
    identity = text(identity, "#text", "Value") if isinstance(identity, dict) else text(identity)
    fields = "".join(
        f'<Data Name="{name}">{str(value).replace("&", "&amp;").replace("<", "&lt;")}</Data>'
        for name, value in data.items()
        if isinstance(value, str | int)
    )
    computer = text(row, "Event.System.Computer")
    return f"<Event><EventID>{identity}</EventID><Computer>{computer}</Computer>{fields}</Event>"
