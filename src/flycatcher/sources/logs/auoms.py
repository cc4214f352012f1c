"""auoms, Microsoft's collector of audit events: one record a start, with the command line as one quoted string.

Source: https://github.com/microsoft/OMS-Auditd-Plugin, its text format.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.rows import Row, row_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.logs.engine.recorded import Lost, Recorded

_HEAD = re.compile(r"type=AUOMS_EXECVE (?:msg=)?audit\((\d+\.\d+):(\d+)\): ?")
_FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)')
_LINE = re.compile(r"\bcmdline=(.*?)(?= (?:redactors|containerid|proctitle|redacted)=|$)", re.DOTALL)
_UNSET = frozenset({"", "unset", "4294967295", "-1"})


class Auoms(JsonFormat):
    """auoms in syslog, and Sentinel's rows of it."""

    name = "auoms"
    title = "auoms"
    rank = 65

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line holds a start that auoms has put together."""
        return b"type=AUOMS_EXECVE" in line and b"cmdline=" in line

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one start."""
        if b"AUOMS_EXECVE" not in line:
            return
        message, around = line.decode("utf-8", "surrogateescape"), {}
        if line.lstrip()[:1] == b"{" and (row := row_of(line)) is not None:
            message, around = text(row, "SyslogMessage", "message", "MESSAGE", "_raw"), row
        head = _HEAD.search(message)
        if head is not None and (seen := self._seen(message[head.end() :], head[1], around)) is not None:
            yield from self.placed(seen, number, offset)

    def _seen(self, body: str, time: str, around: Row) -> Seen | None:
        """Return the start that a record's fields tell of."""
        fields = {name: value.strip('"') for name, value in _FIELD.findall(body)}
        found = _LINE.search(body)
        if found is None or fields.get("success") == "no":
            return None
        line, whole = found[1].strip(), True
        if line.startswith('"'):
            whole = len(line) > 1 and line.endswith('"')
            line = line[1:-1] if whole else line[1:]
        argv = _words(line) if whole else ()
        host = text(around, "Computer", "HostName", "host") or fields.get("node", "")
        pid, ppid = fields.get("pid", ""), fields.get("ppid", "")
        login = fields.get("audit_user", "") or fields.get("auid", "")
        return Seen(
            argv=argv,
            text="" if argv else line,
            kind="argv" if argv else "string",
            exe=fields.get("exe", ""),
            cwd=fields.get("cwd", ""),
            pid=int(pid) if pid.isdecimal() else None,
            ppid=int(ppid) if ppid.isdecimal() else None,
            uid=int(fields["uid"]) if fields.get("uid", "").isdecimal() else None,
            user=fields.get("user", ""),
            login="" if login in _UNSET else login,
            host=host,
            time=time,
            key=(host, pid) if pid else None,
            parent=(host, ppid) if ppid else None,
            truncated=not whole,
            notes=() if whole else ("the message was cut within the command line",),
        )


def _words(line: str) -> tuple[str, ...]:
    """Return the words, which auoms quotes as a shell reads them; empty where that is not so."""
    try:
        return tuple(shlex.split(line))
    except ValueError:
        return ()
