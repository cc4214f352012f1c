"""LAUREL: the records of an audit event as one JSON object. Source: https://github.com/threathunters-io/laurel, its README."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import msgspec

from flycatcher.core.execution import Process
from flycatcher.sources.logs.engine.jsonrows import QuickJson, Seen
from flycatcher.sources.logs.engine.rows import Row, number, pairs, pick, text, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_CUT = re.compile(r"<[^<>]*\b\d+\b[^<>]*(?:arg|byte)[^<>]*>")
"""What stands where ``execve-argv-limit-bytes`` has cut."""
_UNSET = frozenset({"4294967295", "unset"})
_ID = re.compile(r"\d{9,11}\.\d{1,3}:\d+")


class _Call(msgspec.Struct, frozen=True, gc=False):
    """Of a SYSCALL record, what a quick look needs."""

    success: str = ""
    exe: str = ""
    pid: int = 0
    ppid: int = 0


class _Words(msgspec.Struct, frozen=True, gc=False):
    """Of an EXECVE record."""

    ARGV: list[str] = []
    ENV: msgspec.Raw | None = None


class _Quick(msgspec.Struct, frozen=True, gc=False):
    """Of an event."""

    SYSCALL: _Call = _Call()
    EXECVE: _Words = _Words()
    NODE: str = ""


_quick = msgspec.json.Decoder(_Quick).decode


def decoded(word: str) -> str:
    """Return a word without the percent encoding of control characters, ``%``, ``+`` and bytes that are not UTF-8."""
    return os.fsdecode(unquote_to_bytes(word.encode("utf-8", "surrogateescape"))) if "%" in word else word


class Laurel(QuickJson):
    """LAUREL's log, behind ``@cee:`` or another prefix too; ``ARGV`` as a list, ``ARGV_STR`` as one string."""

    name = "laurel"
    title = "LAUREL"
    rank = 60
    needs = (b'"SYSCALL"',)
    marks = (b'"EXECVE"', b'"execve', b'"PROCTITLE"')

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row has an event's ID, and a record."""
        return isinstance(row.get("ID"), str) and _ID.fullmatch(row["ID"]) is not None and any(map(str.isupper, row))

    def is_dull(self, line: bytes) -> bool:
        """Whether an event is a successful start of no interest, with nothing in it that a full look alone understands."""
        try:
            quick = _quick(line)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return False
        call, executed = quick.SYSCALL, quick.EXECVE
        if call.success != "yes" or executed.ENV is not None:
            return False
        exe, argv = call.exe, executed.ARGV
        if b"%" in line:
            exe, argv = decoded(exe), [decoded(word) for word in argv]
        return self.dull(exe, argv, (quick.NODE, call.pid), (quick.NODE, call.ppid), line)

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield the start of an event of execve(2)."""
        call, executed = row.get("SYSCALL"), row.get("EXECVE")
        if not isinstance(call, dict) or text(call, "success") == "no":
            return
        if not isinstance(executed, dict):
            if not text(call, "SYSCALL").startswith("execve") and number(call, "syscall") not in (59, 322):
                return
            executed = None
        node, title = text(row, "NODE"), pick(row, "PROCTITLE.ARGV")
        argv = self._argv(executed)
        line = decoded(text(executed, "ARGV_STR")) if executed is not None and not argv else ""
        notes: tuple[str, ...] = ()
        if not argv and not line and isinstance(title, list):
            argv, notes = tuple(decoded(str(word)) for word in title), ("no EXECVE record: the words are PROCTITLE's",)
        count = number(executed, "argc") if executed is not None else None
        cut = any(map(_CUT.fullmatch, argv)) or bool(line and _CUT.search(line)) or (count or 0) > len(argv) > 0
        pid, ppid = number(call, "pid"), number(call, "ppid")
        yield Seen(
            argv=argv,
            text=line,
            kind="string" if line else "argv",
            exe=decoded(text(call, "exe")),
            cwd=decoded(text(row, "CWD.cwd")),
            env=pairs(pick(row, "EXECVE.ENV")),
            pid=pid,
            ppid=ppid,
            uid=number(call, "uid"),
            user=text(call, "UID"),
            login=self._login(call),
            host=node,
            time=text(row, "ID").partition(":")[0],
            key=(node, pid) if pid is not None else None,
            parent=(node, ppid) if ppid is not None else None,
            ancestry=() if (node, ppid) in self.shared.lineage else _parent(call, ppid),
            truncated=cut or bool(notes),
            notes=(*notes, "words were cut from the middle of argv") if cut else notes,
            context=_facts(call),
        )

    @staticmethod
    def _argv(executed: Row | None) -> tuple[str, ...]:
        """Return the words of an EXECVE record: ``ARGV``, or ``a0`` to ``aN``."""
        if executed is None:
            return ()
        argv = words(executed, "ARGV")
        if not argv and "a0" in executed:
            argv = tuple(text(executed, f"a{at}") for at in range(min(number(executed, "argc") or 1, 1 << 16)))
        return tuple(decoded(word) for word in argv)

    @staticmethod
    def _login(call: Row) -> str:
        """Return who logged in at the beginning of the session."""
        login = text(call, "AUID") or text(call, "auid")
        return "" if login in _UNSET else login


def _parent(call: Row, ppid: int | None) -> tuple[Process, ...]:
    """Return the ancestor that LAUREL itself adds to the record."""
    about = pick(call, "PPID", "SPAWNED_BY", "ppid_info")
    if not isinstance(about, dict):
        return ()
    return (Process(pid=ppid or 0, comm=decoded(text(about, "comm")), exe=decoded(text(about, "exe"))),)


def _facts(call: Row) -> dict[str, str]:
    """Return the session and the terminal."""
    session = text(call, "ses")
    terminal = text(call, "tty")
    facts = {
        "login.session": "" if session in _UNSET else session,
        "terminal": "" if terminal == "(none)" else terminal,
    }
    container = pick(call, "container", "CONTAINER_INFO")
    if isinstance(container, dict):
        facts["container.id"] = text(container, "id", "ID")
    return facts
