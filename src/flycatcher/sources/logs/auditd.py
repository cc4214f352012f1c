"""The Linux audit log: raw, enriched, and as syslog, audispd, the kernel's ring buffer or auoms hand it on.

The records of one event are joined by node, time and serial number, whatever their order and whatever stands between them, in a
window of some thousands of events. Records: https://github.com/linux-audit/audit-documentation; numbers: linux/audit.h.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.sources.logs.engine.audit_event import Event, Fields, decoded, described, memo, remember, tail
from flycatcher.sources.logs.engine.audit_runs import ALONE, CALL
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
_BESIDE = frozenset(
    b"AVC AVC_PATH SELINUX_ERR BPRM_FCAPS CAPSET OBJ_PID MMAP IPC IPC_SET_PERM FD_PAIR MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR "
    b"SOCKETCALL KERN_MODULE FANOTIFY OPENAT2 TIME_INJOFFSET TIME_ADJNTPVAL URINGOP CONFIG_CHANGE MAC_TASK_CONTEXTS MAC_OBJ_CONTEXTS "
    b"INTEGRITY_DATA INTEGRITY_METADATA INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR INTEGRITY_RULE INTEGRITY_EVM_XATTR".split()
)
"""Records of the kernel that may stand in an event beside its call, in front of it too; as numbers they are 1300 to 1599 and 1800 to 1899."""
_NUMBER = re.compile(rb"(?:UNKNOWN\[)?(1[3-58]\d\d)\]?")
_HEADS = {
    f"type={name} "[:9].encode(): (kind, len(f"type={name} msg=audit("))
    for name, kind in (
        ("SYSCALL", _CALL), ("EXECVE", _WORDS), ("CWD", _CWD), ("PROCTITLE", _TITLE), ("PATH", _SKIP), ("SOCKADDR", _SKIP),
    )
}  # fmt: skip
"""How the lines of the commonest records begin: what they are, and where the event's key stands."""
DULL = Event(b"", "", 0, 0)
"""Stands for every event that nothing is wanted of."""
DULL.open = False
_PROGRAMS = 1 << 15
_EMPTY = re.compile(rb"\n+")
_EXECUTES = re.compile(
    rb": ?arch=(?:c000003e syscall=(?:59|322)|40000003 syscall=(?:11|358)|c00000b7 syscall=(?:221|281)|"
    rb"40000028 syscall=(?:11|387)|[\w]+ syscall=execve(?:at)?)[ \x1d]|: ?arch=\S+ syscall=\d+ .*[ \x1d]SYSCALL=execve"
)
"""execve(2) and execveat(2) by architecture (AUDIT_ARCH_*, linux/audit.h)."""
_RECORD = re.compile(rb"(?:^|[\s:])(?:node=(\S+) )?type=([\w\[\]]+) (?:msg=)?audit\((\d{9,11}\.\d{1,3}:\d+)\)")
_NODE = re.compile(rb"node=(\S+) type=([\w\[\]]+) msg=audit\((\d+\.\d+:\d+)\)")
_SYSLOG_HOST = re.compile(rb"(?:<\d+>\d? ?)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) ([\w.-]+) ")
_TELLS_LOSS = re.compile(
    rb"audit: (?:rate limit exceeded|backlog limit exceeded|audit_lost=(\d{1,18})|kauditd hold queue overflow)"
)


def _kind(name: bytes) -> int:
    """Return what a record of a type means for its event."""
    found = _KINDS.get(name)
    if found is None:
        found = _SKIP if name in _BESIDE or _NUMBER.fullmatch(name) is not None else _OTHER
    return found


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
        self._lineage = shared.lineage
        self._programs: dict[tuple[bytes, bytes], bool] = {}
        """Whether a program, with its ``argv[0]``, may be given program text at all."""
        self._calls: dict[bytes, bool] = {}
        """Whether architecture and number of a call are those of execve(2)."""
        self._starts = self._failed = 0

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line holds an audit record; one within a row of JSON is for who reads the row."""
        return b"audit(" in line and line[:1] != b"{" and _RECORD.search(line) is not None

    def read(self, block: Block) -> Iterator[Recorded | Lost]:
        """Join records; yield the starts that may be of interest."""
        data, at, end = block.data, 0, len(block.data)
        number, counted = block.number, 0
        self._lineage.turned()
        while at < end:
            passed = self._passed(data, at)
            if passed:
                at = passed
            else:
                number, counted = number + data.count(b"\n", counted, at), at
                stop = data.find(b"\n", at)
                stop = end if stop < 0 else stop
                if stop > at:
                    yield from self._line(data[at:stop], number, block.offset + at)
                    at = stop + 1
                else:
                    at = _EMPTY.match(data, at).end()  # type: ignore[union-attr] # here is one
            if len(self._young) >= WINDOW:
                yield from self._turn()

    def _passed(self, data: bytes, at: int) -> int:
        """Return where the records end that begin at a byte and are of no interest together; 0 where each is to be looked at."""
        run = CALL.match(data, at)
        if run is None:
            return self._alone(data, at)
        call, key, number, success, words, word = run.groups()
        event = self._young.get(key) or self._old.get(key)
        if event is None:
            execs = self._calls.get(number)
            if execs is None:
                execs = self._executes(call, run.start(3) - at, run.end(3) - at)
            if execs and (words is None or not self._is_dull(call, words, word, failed=success == b"no")):
                return 0
            self._young[key] = DULL
        elif event.open:
            return 0
        return run.end()

    def _alone(self, data: bytes, at: int) -> int:
        """Return where a record ends that says nothing of a start, or of an event of no interest; 0 for another."""
        alone = ALONE.match(data, at)
        if alone is None:
            return 0
        kind, key = _kind(alone[1]), alone[2]
        event = self._young.get(key) or self._old.get(key)
        if event is None and kind == _OTHER:
            self._young[key] = DULL
        elif kind != _SKIP and (event is None or event.open):
            return 0
        return alone.end()

    def _is_dull(self, call: bytes, words: bytes, word: bytes, *, failed: bool) -> bool:
        """Whether a start cannot be of interest; ``word``: its ``argv[0]``, as ``words`` have it."""
        if not failed:
            low = call.find(b" pid=") + 5
            if low < 5 or self._speaks(call, words, word):
                return False
            self._lineage.young[b"", call[low : call.find(b" ", low)]] = (described, (b"", call, [words]))
        else:
            self._failed += 1
        self._starts += 1
        return True

    def _line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one record."""
        head = _HEADS.get(line[:9])
        if head is not None:
            kind, low = head
            if kind == _SKIP:
                return
            high = line.find(b")", low + 14, low + 40)
            key, node = line[low:high], b""
            if high < 0 or line[low - 1 : low] != b"(":
                self.shared.count("records not read")
                return
        elif (found := self._prefixed(line)) is not None:
            node, kind, key, high = found
            key += node and b" " + node
        else:
            yield from self._other_line(line, number)
            return
        event = self._young.get(key) or self._old.get(key)
        if event is None and kind != _SKIP:
            self._young[key] = event = Event(node, self.log, number, offset)
        if event is not None and event.open and (said := self._take(event, kind, line, high)):
            yield from said

    def _executes(self, call: bytes, high: int, mid: int) -> bool:
        """Whether a SYSCALL record is one of execve(2); what its fields up to ``success`` say is remembered."""
        execs = _EXECUTES.match(call, high + 1) is not None
        if mid > 0 and len(self._calls) < WINDOW:
            self._calls[call[high:mid]] = execs
        return execs

    def _speaks(self, call: bytes, words: bytes, word: bytes) -> bool:
        """Whether a start may be of interest, by its program, its ``argv[0]``, and what is known of its like."""
        program = (tail(call), word)
        speaks = self._programs.get(program)
        if speaks is None:
            exe = Fields(program[0]).get("exe")
            speaks = self.shared.interest.of(exe, decoded(word)) is not None
            if len(self._programs) < _PROGRAMS:
                self._programs[program] = speaks
        return speaks and not self.shared.is_quiet(memo(call, words), _parent(call))

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
        if event.call and event.words and not event.weighed and b" a0=" in event.words[-1]:
            self._weigh(event)
        return None

    def _prefixed(self, line: bytes) -> tuple[bytes, int, bytes, int] | None:
        """Read the head of a line that does not begin with its type: node, kind, key, and where the head ends."""
        if line[:5] == b"type=":
            low, high = line.find(b"(", 5, 64) + 1, line.find(b")", 5, 96)
            kind = _kind(line[5 : line.find(b" ", 5, 48)])
            return (b"", kind, line[low:high], high) if 0 < low < high and line[low - 6 : low] == b"audit(" else None
        found = _NODE.match(line)
        if found is not None:
            return found[1], _kind(found[2]), found[3], found.end() - 1
        found = _RECORD.search(line)
        if found is None:
            return None
        host = _SYSLOG_HOST.match(line)
        node = found[1] or (host[1] if host is not None else b"")
        return node, _kind(found[2]), found[3], found.end() - 1

    def _weigh(self, event: Event) -> None:
        """Close an event that cannot be of interest; both its call and the first of its words are there."""
        event.weighed = True
        self.shared.count("starts")
        if b" success=no " in event.call:
            self.shared.count("failed")
            event.open = False
            return
        remember(self.shared.lineage, event.node, event.call, event.words)
        words = event.words[-1]
        word = words[words.find(b" a0=") + 4 :].partition(b" ")[0]
        event.open = event.kept = self._speaks(event.call, words, word)

    def _finished(self, event: Event) -> list[Recorded]:
        """Return what an event to which nothing will be added says."""
        event.open = False
        recorded = event.recorded(self.shared, self._logins)
        return [] if recorded is None else [recorded]

    def _turn(self) -> Iterator[Recorded | Lost]:
        """Close what has waited for a whole window."""
        old, self._old, self._young = self._old, self._young, {}
        self._lineage.turned()
        yield from self._close(old)

    def _close(self, events: dict[bytes, Event]) -> Iterator[Recorded | Lost]:
        """Yield what is left of events that nothing will be added to; then what is missing between them."""
        for event in events.values():
            if event.open and (event.call or event.words):
                if not event.weighed and not self._is_counted(event):
                    continue
                yield from self._finished(event)
        self.shared.count("starts", self._starts)
        if self._failed:
            self.shared.count("failed", self._failed)
        self._starts = self._failed = 0
        yield from self._serials.take(events)

    def _is_counted(self, event: Event) -> bool:
        """Count a start of which no words, or no call, came; return whether it happened, as far as the log tells."""
        self.shared.count("starts")
        if b" success=no " in event.call:
            self.shared.count("failed")
            return False
        self.shared.count("incomplete")
        remember(self.shared.lineage, event.node, event.call, event.words)
        return True

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


def _parent(call: bytes) -> tuple[bytes, bytes]:
    """Return the key by which the lineage knows the process that made a call; lines without a node's name alone ask for it."""
    low = call.find(b" ppid=") + 6
    return b"", call[low : call.find(b" ", low)]
