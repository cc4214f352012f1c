"""From the records of one audit event to what was executed. Source: the Linux Audit project's record and field dictionary."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSCALL, PATH, CWD, EXECVE, EOE = 1300, 1302, 1307, 1309, 1320
_HEAD = re.compile(rb"audit\((\d+)\.(\d{3}):(\d+)\):? ?")
_FIELD = re.compile(rb'([A-Za-z0-9_\[\]-]+)=("[^"]*"|\S*)')
_PIECE = re.compile(rb"a(\d+)(?:\[(\d+)\])?$")
_HEXADECIMAL = re.compile(rb"(?:[0-9A-Fa-f]{2})+$")
_OPEN_EVENTS = 4096


def decode(value: bytes) -> bytes:
    """Return a string field's bytes: quoted as they are, otherwise in hexadecimal (``(null)`` is nothing)."""
    if value.startswith(b'"'):
        return value[1:-1]
    if value == b"(null)":
        return b""
    return bytes.fromhex(value.decode()) if _HEXADECIMAL.match(value) else value


class Event:
    """One event on its way."""

    def __init__(self, seconds: int, milliseconds: int, number: int) -> None:
        """Start empty; the kernel's own time and serial number name it."""
        self.time = seconds * 1_000_000_000 + milliseconds * 1_000_000
        self.number = number
        self.fields: dict[str, str] = {}
        """Of the SYSCALL record."""
        self.cwd = ""
        self.argc: int | None = None
        self._pieces: dict[int, list[bytes]] = {}

    @property
    def argv(self) -> tuple[str, ...]:
        """The words, in order; those that did not come are empty."""
        count = max([self.argc or 0, *(index + 1 for index in self._pieces)])
        return tuple(os.fsdecode(b"".join(self._pieces.get(index, ()))) for index in range(count))

    @property
    def whole(self) -> bool:
        """Every word has come."""
        return self.argc is not None and set(range(self.argc)) <= self._pieces.keys()

    @property
    def executed(self) -> bool:
        """A program was started."""
        return self.argc is not None and self.fields.get("success") == "yes"

    def take(self, kind: int, body: bytes) -> None:
        """Take one record."""
        if kind == EXECVE:
            self._words(body)
        elif kind == SYSCALL:
            self.fields = {
                match[1].decode(): os.fsdecode(decode(match[2]))
                if match[1] in {b"comm", b"exe"}
                else os.fsdecode(match[2])
                for match in _FIELD.finditer(body)
            }
        elif kind == CWD:
            for match in _FIELD.finditer(body):
                self.cwd = os.fsdecode(decode(match[2]))

    def _words(self, body: bytes) -> None:
        """Take an EXECVE record; long words come in numbered pieces, many words in several records."""
        for match in _FIELD.finditer(body):
            piece = _PIECE.match(match[1])
            if piece:
                self._pieces.setdefault(int(piece[1]), []).append(decode(match[2]))
            elif match[1] == b"argc" and match[2].isdigit():
                self.argc = int(match[2])


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
