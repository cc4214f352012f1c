"""Did the execution happen? An answer of CONTINUE only lets the kernel try.

A process that runs a new program has a new auxiliary vector (its AT_RANDOM and AT_EXECFN lie elsewhere); one that has
ended keeps its new name for as long as it is a zombie. What leaves neither trace is ``presumed``.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.sources.context.ancestry import read_stat
from flycatcher.sources.sensors.seccomp.stdin import with_text

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.sources.sensors.seccomp.stdin import LatePipe

PATIENCE = 0.25
"""Seconds after which a process that is not inside execve any more is taken to have failed."""
LAST_PATIENCE = 30.0
"""Seconds for one that still is (a slow file system, threads that are slow to die)."""
EXEC_CALLS = (b"59 ", b"322 ", b"11 ", b"358 ", b"221 ", b"281 ", b"387 ", b"520 ", b"545 ", b"running")
"""How /proc/PID/syscall begins for a process inside execve: its number, or that it is on a processor or waits for one."""


def vector_of(group: int) -> bytes:
    """Return a process's auxiliary vector; empty for a zombie, or where it may not be read."""
    return _read(f"/proc/{group}/auxv", 1024)


class Pending:
    """One execution that the kernel was told to continue, and how the process looked before."""

    __slots__ = ("_before", "_comm", "_deadline", "_last", "_step", "due", "execution", "group", "late", "tid")

    def __init__(self, execution: Execution, tid: int, group: int) -> None:
        """Take the picture; called before the answer is sent."""
        now = time.monotonic()
        self.execution = execution
        self.tid = tid
        self.group = group
        self.late: LatePipe | None = None
        """The text that may still come; the report waits for it."""
        self._before = vector_of(group)
        about = read_stat(group)
        self._comm = about.comm if about else ""
        self._step = 0.001
        self.due = now + self._step
        self._deadline = now + PATIENCE
        self._last = now + LAST_PATIENCE

    def outcome(self, *, final: bool = False) -> str | None:
        """Return ``confirmed``, ``presumed``, ``failed``, or None: not known yet. ``final`` asks for the last word."""
        now = time.monotonic()
        if self.late is not None and not final:
            if not self.late.look():
                self.due = now + (self.late.SETTLE if self.late.arrived else self.late.STEP)
                return None
            self._end_late()
        after = vector_of(self.group)
        if not after or not self._before:
            return self._by_name()
        if after != self._before:
            return "confirmed"
        if final or now > self._deadline:
            busy = _read(f"/proc/{self.tid}/syscall", 16).startswith(EXEC_CALLS)
            if final or not busy or now > self._last:
                return self._unchanged()
        self._step *= 2
        self.due = now + min(self._step, 0.1)
        return None

    def _by_name(self) -> str:
        """Judge a process that has ended, or that may not be looked into, by its name."""
        about = read_stat(self.group)
        if about is not None and about.comm != self._comm:
            return "confirmed"
        return "presumed"

    def _unchanged(self) -> str:
        """Judge a process that looks as before: without address randomisation, running itself again looks the same."""
        line = _read(f"/proc/{self.group}/cmdline", 1 << 16)
        words = b"".join(os.fsencode(word) + b"\0" for word in self.execution.argv)
        return "presumed" if line and words.startswith(line) else "failed"

    def drop(self) -> None:
        """Let go of what an execution held that did not happen."""
        if self.late is not None:
            self.late.close()

    def _end_late(self) -> None:
        """Take the text over into the execution."""
        late, self.late = self.late, None
        if late is None:
            return
        late.close()
        self.execution = with_text(self.execution, {late.number: late.captured})

    def result(self, outcome: str) -> Execution:
        """Return the execution with the outcome in its fidelity."""
        self._end_late()
        fidelity = self.execution.fidelity
        if fidelity is None:
            return self.execution
        return structs.replace(self.execution, fidelity=structs.replace(fidelity, happened=outcome))


def _read(path: str, size: int) -> bytes:
    """Read up to ``size`` bytes; empty where that fails."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, size)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
