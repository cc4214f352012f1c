"""The Linux audit log: raw, enriched, and as syslog, audispd, the kernel's ring buffer or auoms hand it on.

The records of one event are joined by node, time and serial number, whatever their order and whatever stands between them, in a
window of some thousands of events. Records: https://github.com/linux-audit/audit-documentation; numbers: linux/audit.h.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.logs.engine import audit_kinds as kinds
from flycatcher.sources.logs.engine.audit_event import Event, Fields, decoded, described, memo, remember, tail
from flycatcher.sources.logs.engine.audit_runs import ALONE, CALL
from flycatcher.sources.logs.engine.audit_sieve import FAILED, SPEAKS, START, Rows, Sieve
from flycatcher.sources.logs.engine.format import Block, Format, Lost, Recorded, Shared
from flycatcher.sources.logs.engine.logins import Logins
from flycatcher.sources.logs.engine.serials import Serials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WINDOW = 4096
"""Events that are open, or known to be closed, at least; twice as many at most."""
_HEADS = {
    f"type={name} "[:9].encode(): (kind, len(f"type={name} msg=audit("))
    for name, kind in (
        ("SYSCALL", kinds.CALL), ("EXECVE", kinds.WORDS), ("CWD", kinds.CWD), ("PROCTITLE", kinds.TITLE), ("PATH", kinds.SKIP), ("SOCKADDR", kinds.SKIP),
    )
}  # fmt: skip
"""How the lines of the commonest records begin: what they are, and where the event's key stands."""
_NONE = (kinds.SKIP, 0)
DULL = Event(b"", "", 0, 0)
"""Stands for every event that nothing is wanted of."""
DULL.open = False
_PROGRAMS = 1 << 15
_AT_ONCE = 1 << 20
"""Bytes that are read between two looks at how many events are open."""
_RECORD = re.compile(rb"(?:^|[\s:])(?:node=(\S+) )?type=([\w\[\]]+) (?:msg=)?audit\((\d{9,11}\.\d{1,3}:\d+)\)")
_NODE = re.compile(rb"node=(\S+) type=([\w\[\]]+) msg=audit\((\d+\.\d+:\d+)\)")
_SYSLOG_HOST = re.compile(rb"(?:<\d+>\d? ?)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) ([\w.-]+) ")
_TELLS_LOSS = re.compile(
    rb"audit: (?:rate limit exceeded|backlog limit exceeded|audit_lost=(\d+)|kauditd hold queue overflow)"
)


class Auditd(Format):
    """auditd's own log (``log_format = RAW`` or ``ENRICHED``), with or without ``node=``; the same records in syslog."""

    name = "auditd"
    title = "auditd"
    rank = 50
    sieves: ClassVar[bool] = True
    """Whether events of no interest are passed over by the block; without, each record is looked at, with the same result."""

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
        self._sieve = Sieve(shared.interest)

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line holds an audit record."""
        return b"audit(" in line and _RECORD.search(line) is not None

    def read(self, block: Block) -> Iterator[Recorded | Lost]:
        """Join records; yield the starts that may be of interest."""
        for piece in pieces(block, _AT_ONCE):
            self._lineage.turned()
            rows = self._sieve.rows(piece.data) if self.sieves else None
            yield from self._each(_Lines(piece), len(piece.data)) if rows is None else self._rows(_Lines(piece), rows)
            if len(self._young) >= WINDOW:
                yield from self._turn()

    def _rows(self, lines: _Lines, rows: Rows) -> Iterator[Recorded | Lost]:
        """Pass over the rows that cannot be of interest, and look at the records of the others."""
        low = told = 0
        for row in rows.doubtful():
            if not rows.gaps[row] and rows.verdicts[row] == SPEAKS:
                told = self._told(rows, told, row)
                if rows.verdicts[row] == START:
                    continue
            fresh = self._fresh(rows, low, row)
            sure = fresh is not None and rows.keys[row] not in fresh and not rows.gaps[row]
            begin, end = rows.span(row, lines.at, sure=sure)
            begin -= len(rows.gaps[row])
            if fresh is None:
                yield from self._each(lines, begin)
            else:
                self._pass(rows, range(low, row), told, fresh)
            lines.at, low, told = begin, row + 1, row + 1
            key = rows.keys[row]
            if sure and rows.verdicts[row] == SPEAKS and key not in self._young and key not in self._old:
                yield from self._start(lines, end, key)
            else:
                yield from self._each(lines, end)
        fresh = self._fresh(rows, low, len(rows))
        if fresh is not None:
            self._pass(rows, range(low, len(rows)), told, fresh)
            lines.at = len(lines.data) - len(rows.gaps[-1])
        yield from self._each(lines, len(lines.data))

    def _start(self, lines: _Lines, end: int, key: bytes) -> list[Recorded]:
        """Read the records up to a byte, which are of one event that may be of interest."""
        event = self._young[key] = Event(b"", self.log, lines.number(), lines.offset + lines.at)
        for line in lines.data[lines.at : end].split(b"\n"):
            kind = _HEADS.get(line[:9], _NONE)[0]
            if kind == kinds.CALL:
                event.call = line
            elif kind == kinds.WORDS:
                event.words.append(line)
            elif kind == kinds.CWD:
                event.cwd = line
            elif kind == kinds.TITLE:
                event.title = line
        lines.at = end
        self._starts += 1
        remember(self._lineage, b"", event.call, event.words)
        event.weighed = event.kept = True
        return self._finished(event) if event.is_complete() else []

    def _told(self, rows: Rows, told: int, row: int) -> int:
        """Make a row a start of no interest where its like is known to give no detection; return up to which row the lineage was told."""
        memo = rows.memos[row]
        if memo in self.shared.nothing:
            rows.verdicts[row] = START
        elif memo in self.shared.calm:
            self._lineage.young.update(rows.parents(told, row))
            told = row
            if not self._lineage.matters((b"", rows.ppids[row])):
                rows.verdicts[row] = START
        return told

    def _fresh(self, rows: Rows, low: int, high: int) -> dict[bytes, Event] | None:
        """Return the events of some rows; None where one of them has records elsewhere."""
        fresh = dict.fromkeys(rows.keys[low:high], DULL)
        known = len(fresh) < high - low or not (
            self._young.keys().isdisjoint(fresh) and self._old.keys().isdisjoint(fresh)
        )
        return None if known else fresh

    def _pass(self, rows: Rows, which: range, told: int, fresh: dict[bytes, Event]) -> None:
        """Pass over rows."""
        self._young.update(fresh)
        self._lineage.young.update(rows.parents(told, which.stop))
        verdicts = rows.verdicts[which.start : which.stop]
        failed = verdicts.count(FAILED)
        self._starts += failed + verdicts.count(START)
        self._failed += failed

    def _each(self, lines: _Lines, end: int) -> Iterator[Recorded | Lost]:
        """Look at the records up to a byte."""
        data = lines.data
        while lines.at < end:
            passed = self._passed(data, lines.at, end)
            if passed:
                lines.at = passed
                continue
            at, stop = lines.at, data.find(b"\n", lines.at, end)
            stop = end if stop < 0 else stop
            if stop > at:
                yield from self._line(data[at:stop], lines.number(), lines.offset + at)
            lines.at = stop + 1
        lines.at = end

    def _passed(self, data: bytes, at: int, end: int) -> int:
        """Return where the records end that begin at a byte and are of no interest together; 0 where each is to be looked at."""
        run = CALL.match(data, at, end)
        if run is None:
            return self._alone(data, at, end)
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

    def _alone(self, data: bytes, at: int, end: int) -> int:
        """Return where a record ends that says nothing of a start, or of an event of no interest; 0 for another."""
        alone = ALONE.match(data, at, end)
        if alone is None:
            return 0
        kind, key = kinds.kind(alone[1]), alone[2]
        event = self._young.get(key) or self._old.get(key)
        if event is None and kind == kinds.OTHER:
            self._young[key] = DULL
        elif kind != kinds.SKIP and (event is None or event.open):
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
            if kind == kinds.SKIP:
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
        if event is None and kind != kinds.SKIP:
            self._young[key] = event = Event(node, self.log, number, offset)
        if event is not None and event.open and (said := self._take(event, kind, line, high)):
            yield from said

    def _executes(self, call: bytes, high: int, mid: int) -> bool:
        """Whether a SYSCALL record is one of execve(2); what its fields up to ``success`` say is remembered."""
        execs = kinds.EXECUTES.match(call, high + 1) is not None
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
        if kind == kinds.CALL:
            if kinds.EXECUTES.match(line, high + 1) is None:
                event.open = False
                return None
            event.call = line
        elif kind == kinds.WORDS:
            event.words.append(line)
        elif kind == kinds.CWD:
            event.cwd = line
        elif kind == kinds.TITLE:
            event.title = line
        elif kind == kinds.END:
            event.ended = True
        elif kind != kinds.SKIP:
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
            kind = kinds.kind(line[5 : line.find(b" ", 5, 48)])
            return (b"", kind, line[low:high], high) if 0 < low < high and line[low - 6 : low] == b"audit(" else None
        found = _NODE.match(line)
        if found is not None:
            return found[1], kinds.kind(found[2]), found[3], found.end() - 1
        found = _RECORD.search(line)
        if found is None:
            return None
        host = _SYSLOG_HOST.match(line)
        node = found[1] or (host[1] if host is not None else b"")
        return node, kinds.kind(found[2]), found[3], found.end() - 1

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
        if kind == kinds.USER:
            recorded = self._logins.take(line, event)
            if recorded is not None:
                yield recorded
        elif kind == kinds.DAEMON:
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


class _Lines:
    """How far a block was read."""

    __slots__ = ("_counted", "_number", "at", "data", "offset")

    def __init__(self, block: Block) -> None:
        self.data, self.offset, self._number = block.data, block.offset, block.number
        self.at = self._counted = 0

    def number(self) -> int:
        """Return the number of the line that begins here."""
        self._number += self.data.count(b"\n", self._counted, self.at)
        self._counted = self.at
        return self._number


def pieces(block: Block, size: int) -> Iterator[Block]:
    """Cut a block that is much larger than a size at its lines."""
    at, number, data = 0, block.number, block.data
    while len(data) - at > 2 * size:
        end = data.find(b"\n", at + size) + 1 or len(data)
        yield Block(data[at:end], number, block.offset + at)
        number, at = number + data.count(b"\n", at, end), end
    yield Block(data[at:], number, block.offset + at) if at else block


def _parent(call: bytes) -> tuple[bytes, bytes]:
    """Return the key by which the lineage knows the process that made a call; lines without a node's name alone ask for it."""
    low = call.find(b" ppid=") + 6
    return b"", call[low : call.find(b" ", low)]
