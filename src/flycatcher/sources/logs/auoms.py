"""auoms, Microsoft's collector of audit events: one record a start, with the command line as one quoted string.

Source: https://github.com/microsoft/OMS-Auditd-Plugin, its text format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.shell.expand.escapes import dollar_quote
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.rows import Row, row_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.logs.engine.recorded import Lost, Recorded

_HEAD = re.compile(r"type=AUOMS_EXECVE (?:msg=)?audit\((\d+\.\d+):(\d+)\): ?")
_FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)')
_LINE = re.compile(r"\bcmdline=(.*?)(?= (?:redactors|containerid|proctitle|redacted)=|$)", re.DOTALL)
_UNSET = frozenset({"", "unset", "4294967295", "-1"})
_MISSING = re.compile(r"<(\d{1,6})\.\.\.(\d{1,6})>")
"""What stands for words that no record has told of, empty ones among them."""
_GAP = "<...>"
"""What stands for a missing piece of a word."""
_PART = re.compile(r"""\$'((?:[^'\\]|\\.)*)'|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(\s+)""", re.DOTALL)
"""Of a command line that is quoted for bash: ``$'...'``, ``'...'``, ``"..."``, an escaped character, bare ones, blanks."""
_WORDS = 4096


class Auoms(JsonFormat):
    """auoms in syslog, and Sentinel's rows of it."""

    name = "auoms"
    title = "auoms"
    rank = 65

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line holds a start that auoms has put together, or an attempt."""
        return b"type=AUOMS_EXECVE" in line and (b"cmdline=" in line or b" success=" in line)

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
        if fields.get("success") == "no":
            self.shared.count("starts")
            self.shared.count("failed")
            return None
        if found is None:
            return None
        line, whole = found[1].strip(), True
        if line.startswith('"'):
            whole = len(line) > 1 and line.endswith('"')
            line = line[1:-1] if whole else line[1:]
        argv, missing = _words(line) if whole else ((), False)
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
            truncated=missing or not whole,
            notes=(_CUT_OFF,) if not whole else (_LEFT_OUT,) if missing else (),
        )


_CUT_OFF = "the message was cut within the command line"
_LEFT_OUT = "words, or pieces of them, were in no record that auoms has read: taken for empty ones"


def _words(line: str) -> tuple[tuple[str, ...], bool]:
    """Return the words, which auoms quotes for bash, and whether some are missing; no words where the quotes do not end."""
    words: list[str] = []
    at, missing, word = 0, False, None
    while at < len(line):
        found = _PART.match(line, at)
        if found is None:
            return (), False
        at = found.end()
        if found[6] is not None or len(words) >= _WORDS:
            words += [] if word is None else [word]
            word = None
            continue
        gap = _MISSING.fullmatch(found[5] or "") if word is None else None
        if gap is not None:
            missing = True
            words += [""] * min(int(gap[2]) - int(gap[1]) + 1, _WORDS)
            continue
        missing = missing or (found[5] or "").endswith(_GAP)
        word = (word or "") + _part(found)
    return (*words, *(() if word is None else (word,))), missing


def _part(found: re.Match[str]) -> str:
    """Return what one part of a word stands for."""
    if found[1] is not None:
        return dollar_quote(found[1])
    if found[3] is not None:
        return re.sub(r'\\([$`"\\\n])', r"\1", found[3])
    return (found[2] or "") + (found[4] or "") + (found[5] or "").removesuffix(_GAP)
