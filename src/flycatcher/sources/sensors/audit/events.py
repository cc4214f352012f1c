"""From the records of one audit event to what was executed. Source: the Linux Audit project's record and field dictionary."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from flycatcher.sources.audit_record import FIELD, Words, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSCALL, PATH, CWD, EXECVE, EOE = 1300, 1302, 1307, 1309, 1320
_HEAD = re.compile(rb"audit\((\d+)\.(\d{3}):(\d+)\):? ?")
_OPEN_EVENTS = 4096


class Event:
    """One event on its way."""

    def __init__(self, seconds: int, milliseconds: int, number: int) -> None:
        """Start empty; the kernel's own time and serial number name it."""
        self.time = seconds * 1_000_000_000 + milliseconds * 1_000_000
        self.number = number
        self.fields: dict[str, str] = {}
        """Of the SYSCALL record."""
        self.cwd = ""
        self.words = Words()

    @property
    def argv(self) -> tuple[str, ...]:
        """The words, in order; those that did not come are empty."""
        return self.words.argv

    @property
    def whole(self) -> bool:
        """Every word has come."""
        return self.words.argc is not None and not self.words.absent and not self.words.cut

    @property
    def executed(self) -> bool:
        """A program was started."""
        return self.words.argc is not None and self.fields.get("success") == "yes"

    def take(self, kind: int, body: bytes) -> None:
        """Take one record."""
        if kind == EXECVE:
            self.words.take(body)
        elif kind == SYSCALL:
            self.fields = {
                match[1].decode(): os.fsdecode(decode(match[2]))
                if match[1] in {b"comm", b"exe"}
                else os.fsdecode(match[2])
                for match in FIELD.finditer(body)
            }
        elif kind == CWD:
            for match in FIELD.finditer(body):
                self.cwd = os.fsdecode(decode(match[2]))


class Events:
    """Puts records together; they come in order, those of different events mixed."""

    def __init__(self) -> None:
        """Start empty."""
        self._open: dict[int, Event] = {}
        self.unfinished = 0
        """Events given up because their end never came."""

    def take(self, kind: int, text: bytes) -> Iterator[Event]:
        """Take one record; yield the event that it ends."""
        head = _HEAD.match(text)
        if head is None or kind not in {SYSCALL, PATH, CWD, EXECVE, EOE}:
            return
        number = int(head[3])
        event = self._open.get(number)
        if kind == EOE:
            if event is not None:
                yield self._open.pop(number)
            return
        if event is None:
            event = self._open[number] = Event(int(head[1]), int(head[2]), number)
            if len(self._open) > _OPEN_EVENTS:
                self._open.pop(next(iter(self._open)))
                self.unfinished += 1
        event.take(kind, text[head.end() :])
