"""One event of the audit log: its records, kept as they are, and the start that they tell of."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.sources.audit_record import FIELD, Words, decode
from flycatcher.sources.logs.engine.clock import epoch, stamp
from flycatcher.sources.logs.engine.recorded import Recorded

if TYPE_CHECKING:
    from collections.abc import Hashable

    from flycatcher.sources.logs.engine.format import Shared
    from flycatcher.sources.logs.engine.lineage import Lineage
    from flycatcher.sources.logs.engine.logins import Logins

UNSET = frozenset({"4294967295", "-1", "unset", ""})
"""How records say that there is no login user, or no session."""
_TITLE_BYTES = 128
"""Of PROCTITLE at most (MAX_PROCTITLE_AUDIT_LEN)."""
_SHORT = 2048
"""Bytes of an EXECVE record up to which its words are remembered."""
_TEXTS = frozenset({"comm", "exe", "cwd", "name", "acct", "cmd", "proctitle"})
"""Fields that an attacker's bytes reach, and that are encoded therefore."""


def decoded(value: bytes) -> str:
    """Return an encoded field as text."""
    return decode(value).decode("utf-8", "surrogateescape")


class Fields:
    """A record's fields by name, decoded when they are asked for; those of a user space record's ``msg='...'`` stand among them."""

    __slots__ = ("_raw",)

    def __init__(self, line: bytes, start: int = 0) -> None:
        """Read the fields of a line from an offset on."""
        self._raw: dict[bytes, bytes] = dict(FIELD.findall(line, start))

    def get(self, name: str) -> str:
        """Return a field's value, empty where there is none."""
        value = self._raw.get(name.encode())
        if value is None:
            return ""
        return decoded(value) if name in _TEXTS else value.strip(b"\"'").decode("utf-8", "surrogateescape")

    def raw(self, name: bytes) -> bytes:
        """Return a field as it stands in the record."""
        return self._raw.get(name, b"")

    def number(self, name: str) -> int | None:
        """Return a field's number, None where it is none."""
        value = self._raw.get(name.encode(), b"")
        return int(value) if value.isdigit() and len(value) < 11 else None


class Event:
    """The records of one event."""

    __slots__ = ("byte", "call", "cwd", "ended", "kept", "log", "node", "number", "open", "title", "weighed", "words")

    def __init__(self, node: bytes, log: str, number: int, byte: int) -> None:
        """``log``, ``number``, ``byte``: where its first record stands."""
        self.node = node
        self.log = log
        self.number = number
        self.byte = byte
        self.call = self.cwd = self.title = b""
        self.words: list[bytes] = []
        self.ended = self.kept = self.weighed = False
        self.open = True
        """Whether further records matter."""

    def is_complete(self) -> bool:
        """Whether all records have come that an event has in a log that loses nothing."""
        return bool(self.cwd and (self.title or self.ended) and (len(self.words) == 1 or spoken(self.words).whole))

    def recorded(self, shared: Shared, logins: Logins) -> Recorded | None:
        """Return the start that the records tell of; None where it cannot be of interest."""
        words = spoken(self.words)
        notes: list[str] = []
        argv, truncated = words.argv, False
        if not self.words:
            argv, notes, truncated = self._titled()
        elif not words.whole:
            notes, truncated = ["words of argv, or pieces of them, are missing from the log"], True
        elif words.absent:
            notes = [f"words without a field, taken for empty ones: {', '.join(map(str, words.absent[:8]))}"]
        if self.words and not self.call:
            notes.append("the SYSCALL record is missing from the log: program, process and outcome are not known")
        fields = Fields(self.call, self.call.find(b")"))
        exe = fields.get("exe")
        if not argv or not shared.interest.holds(exe, argv):
            if words.whole:
                shared.silent(self._same())
            return None
        return self._told(fields, argv, logins, notes, truncated=truncated)

    def _told(
        self, fields: Fields, argv: tuple[str, ...], logins: Logins, notes: list[str], *, truncated: bool
    ) -> Recorded:
        """Return the start of these words."""
        when = epoch(self._key().partition(b":")[0])
        context, host = logins.context(fields), os.fsdecode(self.node)
        if host:
            context["host.name"] = host
        execution = Execution(
            argv=argv,
            exe=fields.get("exe"),
            cwd=Fields(self.cwd).get("cwd") if self.cwd else "",
            process=process(fields),
            context=context,
            fidelity=Fidelity(
                sensor="auditd",
                time=stamp(when),
                bytes_seen=sum(map(len, argv)) + len(argv),
                truncated=truncated,
                happened="confirmed" if self.call else "presumed",
                stdin="not captured",
                log=self.log,
                line=self.number,
                byte=self.byte,
                notes=tuple(notes),
            ),
        )
        user = context.get("user.name", "") or fields.get("uid")
        parent = (self.node, fields.raw(b"ppid"))
        return Recorded(execution=execution, time=when, host=host, user=user, parent=parent, memo=self._same())

    def _same(self) -> bytes:
        """Return :func:`memo`; empty where one record does not tell all words."""
        return memo(self.call, self.words[0]) if len(self.words) == 1 and self.call else b""

    def _titled(self) -> tuple[tuple[str, ...], list[str], bool]:
        """Return the words of PROCTITLE, which are what is left where no EXECVE record came."""
        raw = decode(self.title.rpartition(b"proctitle=")[2].split(b"\x1d")[0].strip()) if self.title else b""
        argv = tuple(os.fsdecode(word) for word in raw.split(b"\0")) if raw else ()
        cut = len(raw) >= _TITLE_BYTES - 1
        return argv, ["no EXECVE record: the words are PROCTITLE's" + (", which is cut" if cut else "")], cut

    def _key(self) -> bytes:
        """Return time and serial number."""
        line = self.call or (self.words[0] if self.words else self.title)
        low = line.find(b"audit(") + 6
        return line[low : line.find(b")", low)]


def memo(call: bytes, words: bytes) -> bytes:
    """Return what makes another start the same: the program, and the words as they stand in the record."""
    return tail(call) + words[words.find(b" argc=") :]


def tail(call: bytes) -> bytes:
    """Return the end of a SYSCALL record, which names the program: from its ``comm`` on, or all of it where there is none."""
    low = call.rfind(b" comm=")
    return call[low:] if low >= 0 else call


def remember(lineage: Lineage, node: bytes, call: bytes, words: list[bytes]) -> None:
    """Tell the lineage about a start, as cheaply as it may be: it may never be asked for."""
    low = call.find(b" pid=") + 5
    if low > 4:
        lineage.remember((node, call[low : call.find(b" ", low)]), described, (node, call, words))


def described(start: tuple[bytes, bytes, list[bytes]]) -> tuple[Process, Hashable]:
    """Return a start as somebody's ancestor, and the key of the process that started it."""
    node, call, lines = start
    fields = Fields(call, call.find(b")"))
    return process(fields, spoken(lines).argv), (node, fields.raw(b"ppid"))


class Spoken(NamedTuple):
    """The words of a start, as its records have them."""

    argv: tuple[str, ...]
    whole: bool
    """Whether no word, and no piece of one, is missing."""
    absent: tuple[int, ...]
    """The words without a field, taken for empty ones."""


def spoken(lines: list[bytes]) -> Spoken:
    """Return the words of EXECVE records."""
    bodies = tuple(line[line.find(b")") + 1 :] for line in lines)
    return _spoken_once(bodies) if len(bodies) == 1 and len(bodies[0]) < _SHORT else _spoken(bodies)


def _spoken(bodies: tuple[bytes, ...]) -> Spoken:
    """Return the words in some records' fields."""
    words = Words()
    for body in bodies:
        words.take(body)
    return Spoken(words.argv, words.whole, words.absent)


_spoken_once = lru_cache(1 << 12)(_spoken)
"""The same for short ones, which hosts repeat."""


def process(fields: Fields, argv: tuple[str, ...] = ()) -> Process:
    """Return the process that a SYSCALL record speaks of."""
    return Process(
        pid=fields.number("pid") or 0,
        comm=fields.get("comm"),
        exe=fields.get("exe"),
        argv=argv,
        uid=fields.number("uid"),
        gid=fields.number("gid"),
    )
