"""The Linux audit log: raw, enriched, and as syslog, audispd, the kernel's ring buffer or auoms hand it on.

The records of one event are joined by node, time and serial number, whatever their order and whatever stands between them, in a
window of some thousands of events. Records: https://github.com/linux-audit/audit-documentation; numbers: linux/audit.h.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.sources.logs.engine.audit_event import Event, decoded
from flycatcher.sources.logs.engine.format import Block, Format, Lost, Recorded, Shared
from flycatcher.sources.logs.engine.logins import Logins
from flycatcher.sources.logs.engine.serials import Serials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WINDOW = 4096
"""Events that are open, or known to be closed, at least; twice as many at most."""
_CALL, _WORDS, _CWD, _TITLE, _END, _SKIP, _OTHER, _USER, _DAEMON = range(9)
_KINDS = {
    b"SYSCALL": _CALL, b"EXECVE": _WORDS, b"CWD": _CWD, b"PROCTITLE": _TITLE, b"EOE": _END, b"PATH": _SKIP, b"SOCKADDR": _SKIP,
    b"1300": _CALL, b"1309": _WORDS, b"1307": _CWD, b"1327": _TITLE, b"1320": _END, b"1302": _SKIP, b"1306": _SKIP,
    b"AUOMS_SYSCALL": _CALL, b"AUOMS_EXECVE": _WORDS,
    b"USER_CMD": _USER, b"USER_LOGIN": _USER, b"LOGIN": _USER, b"USER_START": _USER, b"USER_END": _USER,
    b"1123": _USER, b"1112": _USER, b"1006": _USER, b"1105": _USER,
    b"DAEMON_START": _DAEMON, b"DAEMON_END": _DAEMON, b"DAEMON_ABORT": _DAEMON, b"DAEMON_RESUME": _DAEMON,
    b"DAEMON_ROTATE": _DAEMON, b"DAEMON_ERR": _DAEMON, b"DAEMON_CLOSE": _DAEMON,
}  # fmt: skip
_EXECUTES = re.compile(
    rb": ?arch=(?:c000003e syscall=(?:59|322)|40000003 syscall=(?:11|358)|c00000b7 syscall=(?:221|281)|"
    rb"40000028 syscall=(?:11|387)|[\w]+ syscall=execve(?:at)?)[ \x1d]|: ?arch=\S+ syscall=\d+ .*[ \x1d]SYSCALL=execve"
)
"""execve(2) and execveat(2) by architecture (AUDIT_ARCH_*, linux/audit.h)."""
_RECORD = re.compile(rb"(?:^|[\s:])(?:node=(\S+) )?type=(\w+) (?:msg=)?audit\((\d{9,11}\.\d{1,3}:\d+)\)")
_NODE = re.compile(rb"node=(\S+) type=(\w+) msg=audit\((\d+\.\d+:\d+)\)")
_SYSLOG_HOST = re.compile(rb"(?:<\d+>\d? ?)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) ([\w.-]+) ")
_TELLS_LOSS = re.compile(
    rb"audit: (?:rate limit exceeded|backlog limit exceeded|audit_lost=(\d+)|kauditd hold queue overflow)"
)


class Auditd(Format):
    """auditd's own log (``log_format = RAW`` or ``ENRICHED``), with or without ``node=``; the same records in syslog."""

    name = "auditd"
    title = "auditd"
    rank = 50

    def __init__(self, shared: Shared, log: str = "") -> None:
        """Start with no open event."""
        super().__init__(shared, log)
        self._young: dict[bytes, Event] = {}
        self._old: dict[bytes, Event] = {}
        self._serials = Serials()
        self._logins = Logins()
        self._known = shared.interest.raw

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line holds an audit record."""
        return b"audit(" in line and _RECORD.search(line) is not None

    def read(self, block: Block) -> Iterator[Recorded | Lost]:
        """Join records; yield the starts that may be of interest."""
        offset, kinds = block.offset, _KINDS
        for number, line in enumerate(block.lines(), block.number):
            here, offset = offset, offset + len(line) + 1
            if line[:5] == b"type=":
                end = line.find(b" ", 5, 32)
                kind, node = kinds.get(line[5:end], _OTHER), b""
                if kind == _SKIP:
                    continue
                low = line.find(b"(", end, end + 16) + 1
                high = line.find(b")", low, low + 40)
                key = line[low:high]
                if high < 0 or not low:
                    self.shared.count("records not read")
                    continue
            elif (found := self._prefixed(line)) is not None:
                node, kind, key, high = found
            else:
                yield from self._other_line(line, number)
                continue
            event = self._young.get(key) or self._old.get(key)
            if event is None:
                if kind == _SKIP:
                    continue
                event = self._young[key] = Event(node, self.log, number, here)
                if len(self._young) >= WINDOW:
                    yield from self._turn()
            if event.open and (said := self._take(event, kind, line, high)):
                yield from said

    def _take(self, event: Event, kind: int, line: bytes, high: int) -> Iterable[Recorded | Lost] | None:
        """Add a record to its event, whose head ends at ``high``; return what that completes."""
        if kind == _CALL:
            if _EXECUTES.match(line, high + 1) is None:
                event.open = False
                return None
            event.call = line
        elif kind == _WORDS:
            event.words.append(line)
        elif kind == _CWD:
            event.cwd = line
        elif kind == _TITLE:
            event.title = line
        elif kind == _END:
            event.ended = True
        elif kind != _SKIP:
            event.open = False
            return self._single(kind, line, event)
        if event.kept:
            return self._finished(event) if event.is_complete() else None
        if event.call and event.words:
            self._weigh(event)
        return None

    def _prefixed(self, line: bytes) -> tuple[bytes, int, bytes, int] | None:
        """Read the head of a line that does not begin with its type: node, kind, key, and where the head ends."""
        found = _NODE.match(line)
        if found is not None:
            return found[1], _KINDS.get(found[2], _OTHER), found[3], found.end() - 1
        found = _RECORD.search(line)
        if found is None:
            return None
        host = _SYSLOG_HOST.match(line)
        node = found[1] or (host[1] if host is not None else b"")
        return node, _KINDS.get(found[2], _OTHER), found[3], found.end() - 1

    def _weigh(self, event: Event) -> None:
        """Close an event that cannot be of interest; both its call and words of it are there."""
        words = event.words[-1]
        low = words.find(b" a0=") + 4
        if low < 4 or event.weighed:
            return
        event.weighed = True
        self.shared.count("starts")
        if b" success=no " in event.call:
            self.shared.count("failed")
            event.open = False
            return
        event.remember(self.shared.lineage)
        high = words.find(b" ", low)
        word = words[low:] if high < 0 else words[low:high]
        low = event.call.rfind(b" exe=") + 5
        key = (event.call[low : event.call.find(b" ", low)], word)
        try:
            hint = self._known[key]
        except KeyError:
            hint = self._known[key] = self.shared.interest.of(decoded(key[0]), decoded(word))
        event.open = event.kept = (
            hint is not None and key[0] + words[words.find(b" argc=") :] not in self.shared.nothing
        )

    def _finished(self, event: Event) -> list[Recorded]:
        """Return what an event to which nothing will be added says."""
        event.open = False
        recorded = event.recorded(self.shared, self._logins)
        return [] if recorded is None else [recorded]

    def _turn(self) -> Iterator[Recorded | Lost]:
        """Close what has waited for a whole window."""
        old, self._old, self._young = self._old, self._young, {}
        yield from self._close(old)

    def _close(self, events: dict[bytes, Event]) -> Iterator[Recorded | Lost]:
        """Yield what is left of events that nothing will be added to; then what is missing between them."""
        for event in events.values():
            if event.open and (event.call or event.words):
                if not event.weighed:
                    self.shared.count("starts")
                    self.shared.count("incomplete")
                    event.remember(self.shared.lineage)
                yield from self._finished(event)
        yield from self._serials.take(events)

    def idle(self) -> Iterator[Recorded | Lost]:
        """Yield the starts whose records have come, as far as they ever will."""
        for event in [*self._old.values(), *self._young.values()]:
            if event.open and event.kept:
                yield from self._finished(event)

    def end(self) -> Iterable[Recorded | Lost]:
        """Yield what was open when the log ended."""
        for events in (self._old, self._young):
            yield from self._close(events)
        self._old, self._young = {}, {}
        yield from self._serials.end()

    def _single(self, kind: int, line: bytes, event: Event) -> Iterator[Recorded | Lost]:
        """Read a record that is an event by itself."""
        if kind == _USER:
            recorded = self._logins.take(line, event)
            if recorded is not None:
                yield recorded
        elif kind == _DAEMON:
            yield from self._serials.daemon(line, event)

    def _other_line(self, line: bytes, number: int) -> Iterator[Lost]:
        """Read what is no record: the kernel's own words about what it has lost."""
        found = _TELLS_LOSS.search(line) if b"audit: " in line else None
        if found is not None:
            host = _SYSLOG_HOST.match(line)
            yield Lost(
                text=found[0].decode(),
                place="backlog",
                count=int(found[1] or 1),
                line=number,
                host=host[1].decode("ascii", "replace") if host is not None else "",
            )

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one record."""
        yield from self.read(Block(line, number, offset))

    def resume_at(self) -> tuple[int, int] | None:
        """Return the byte and the line where the earliest event begins whose records have not all come."""
        waiting = (event for events in (self._old, self._young) for event in events.values())
        return min(
            ((event.byte, event.number) for event in waiting if event.open and event.log == self.log), default=None
        )
