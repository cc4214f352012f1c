"""Put the parts of records back together, and give them out in the order in which their executions began."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from flycatcher.sources.sensors.ebpf import wire

if TYPE_CHECKING:
    from collections.abc import Iterator


class KernelRecord:
    """One execution on its way: the newest part's header, and all bytes that have come."""

    __slots__ = ("_chunks", "closed", "expected", "have", "part")

    def __init__(self, part: wire.ExecPart, data: bytes) -> None:
        """Begin with the first part."""
        self.part, self._chunks, self.have = part, [data], len(data)
        self.closed = False
        names = part.filename_bytes + part.interp_bytes + part.exe_bytes + part.cwd_bytes
        environment = 0 if part.flags & wire.ENV_LEFT_OUT else part.environment_bytes
        self.expected = part.ancestors * wire.ANCESTOR_STRUCT.size + names + part.argument_bytes + environment

    @property
    def whole(self) -> bool:
        """All bytes have come that the kernel set out to send."""
        return self.have >= self.expected

    def add(self, part: wire.ExecPart, data: bytes) -> None:
        """Take the next part; the newest header knows all failed reads so far."""
        self.part = part
        self._chunks.append(data)
        self.have += len(data)

    @property
    def data(self) -> bytes:
        """Everything that came, in order."""
        return b"".join(self._chunks)


class StdinText:
    """Bytes that a process read from its stdin, or (``data`` empty, kind END) why no more follow."""

    __slots__ = ("data", "part")

    def __init__(self, part: wire.TextPart, data: bytes) -> None:
        """Keep both."""
        self.part, self.data = part, data


class Assembler:
    """Feeds on ring-buffer records.

    One CPU sends the parts of one execution without a break, so a new first part from that CPU ends an unfinished record:
    what was missing of it has been lost, and the kernel has counted it.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._open: dict[int, KernelRecord] = {}
        self._order: deque[KernelRecord | StdinText] = deque()

    def feed(self, raw: bytes) -> None:
        """Take one ring-buffer record."""
        if int.from_bytes(raw[:4], "little") != wire.EXEC:
            part = wire.TextPart._make(wire.TEXT_STRUCT.unpack_from(raw))
            at = wire.TEXT_STRUCT.size
            self._order.append(StdinText(part, raw[at : at + part.length]))
            return
        head = wire.ExecPart._make(wire.EXEC_STRUCT.unpack_from(raw))
        at = wire.EXEC_STRUCT.size
        data = raw[at : at + head.length]
        record = self._open.get(head.cpu)
        if head.part == 0:
            if record is not None:
                record.closed = True
            record = KernelRecord(head, data)
            self._order.append(record)
        elif record is not None and record.part.id == head.id:
            record.add(head, data)
        else:
            return
        if record.whole:
            record.closed = True
            self._open.pop(head.cpu, None)
        else:
            self._open[head.cpu] = record

    def finished(self) -> Iterator[KernelRecord | StdinText]:
        """Yield what is complete and has nothing unfinished before it."""
        while self._order:
            first = self._order[0]
            if isinstance(first, KernelRecord) and not first.closed:
                return
            yield self._order.popleft()

    def abandon(self) -> None:
        """Close what is unfinished: no part of it can still come."""
        for record in self._open.values():
            record.closed = True
        self._open.clear()
