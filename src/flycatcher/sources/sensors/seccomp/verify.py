"""Did the execution happen, and is it what was judged? An answer of CONTINUE only lets the kernel try, with what it reads then.

A process that runs a new program has a new auxiliary vector (its AT_RANDOM and AT_EXECFN lie elsewhere); one that has
ended keeps its new name for as long as it is a zombie. What leaves neither trace is ``presumed``. The file and the words that a
process runs by are the kernel's own copies: where they are others than those that were read, somebody changed them in between.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

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
FIRST_LOOK, LAST_STEP = 0.001, 0.1
"""Seconds until the first look, and between two of them at most: each waits twice as long as the one before."""
SOON, SOON_STEP = 0.000_3, 0.003
"""The same where nothing may run unjudged."""
WORDS_SEEN = 1 << 20
"""Bytes of a command line that are compared; what is longer is compared that far."""
EXEC_CALLS = (b"59 ", b"322 ", b"11 ", b"358 ", b"221 ", b"281 ", b"387 ", b"520 ", b"545 ", b"running")
"""How /proc/PID/syscall begins for a process inside execve: its number, or that it is on a processor or waits for one."""

File = tuple[int, int]
"""Device and inode."""


def vector_of(group: int) -> bytes:
    """Return a process's auxiliary vector; empty for a zombie, or where it may not be read."""
    return read_bytes(f"/proc/{group}/auxv", 1024)


def file_of(group: int) -> File | None:
    """Return which file a process runs; None for a zombie, or where it may not be known."""
    try:
        about = os.stat(f"/proc/{group}/exe")
    except OSError:
        return None
    return about.st_dev, about.st_ino


def _has_memory(group: int) -> bool:
    """Whether a process has not given its memory up, as it does on its way to becoming a zombie."""
    return b"\nVmSize:" in read_bytes(f"/proc/{group}/status", 8192)


class Judged(NamedTuple):
    """What an answer of CONTINUE was meant for."""

    file: File
    words: bytes | None
    """The command line as /proc/PID/cmdline will show it; None where only the file matters."""
    readable: bool = True
    """False for a program that we may not look into: there is nothing to compare."""
    counted: Literal["seen", "lost", "refused"] = "seen"
    """As what the execution was counted when it was let through: judged, unread, or as one that the kernel would refuse."""


class Pending:
    """One execution that the kernel was told to continue, and how the process looked before."""

    __slots__ = (
        "_before", "_comm", "_deadline", "_file", "_last", "_last_step", "_step", "_words", "begun", "due", "execution", "group",
        "judged", "late", "tid",
    )  # fmt: skip

    def __init__(
        self, execution: Execution | None, tid: int, group: int, judged: Judged | None = None, *, soon: bool = False
    ) -> None:
        """Take the picture; called before the answer is sent. ``execution`` None: nothing is to be reported of it."""
        now = time.monotonic()
        self.execution = execution
        self.tid = tid
        self.group = group
        self.judged = judged
        self.begun = now
        self.late: LatePipe | None = None
        """The text that may still come; the report waits for it."""
        self._file = file_of(group)
        again = judged is None or self._file is None or self._file == judged.file
        self._before = vector_of(group) if again or execution is not None else b""
        self._words = self._line() if again and execution is not None else b""
        about = read_stat(group) if execution is not None else None
        self._comm = about.comm if about else ""
        self._step, self._last_step = (SOON, SOON_STEP) if soon else (FIRST_LOOK, LAST_STEP)
        self.due = now + self._step
        self._deadline = now + PATIENCE
        self._last = now + LAST_PATIENCE

    @classmethod
    def taken_over(cls, tid: int, group: int, judged: Judged, *, before: File, begun: float) -> Self:
        """Return an execution that somebody else let through: ``before`` is what its process ran then, at ``begun`` (monotonic)."""
        made = cls(None, tid, group, judged, soon=True)
        made.begun, made._file, made._before = begun, before, b""
        made.due = made._deadline = begun
        made._last = begun + LAST_PATIENCE
        return made

    def outcome(self, *, final: bool = False) -> str | None:
        """Return ``confirmed``, ``presumed``, ``failed``, or None: not known yet. ``final`` asks for the last word."""
        now = time.monotonic()
        if self.late is not None and not final:
            if not self.late.look():
                self.due = now + (self.late.SETTLE if self.late.arrived else self.late.STEP)
                return None
            self._end_late()
        found = self._seen()
        if found is not None:
            return found
        if final or now > self._deadline:
            busy = read_bytes(f"/proc/{self.tid}/syscall", 16).startswith(EXEC_CALLS)
            if final or not busy or now > self._last:
                return self._unchanged()
        self._step = min(self._step * 2, self._last_step)
        self.due = now + self._step
        return None

    def _seen(self) -> str | None:
        """Say what the process's looks tell: a new program, an end, or (None) nothing yet."""
        changed = self._changed()
        if changed is None:
            return self._by_name()
        # the kernel shows the new file and vector a moment before the new words
        return "confirmed" if changed and (self._needs_no_words() or self._line()) else None

    def _changed(self) -> bool | None:
        """Whether the process runs another program than before; None where it has ended, or may not be looked into."""
        if not self._before:  # another file than before is all that was asked for, or all that can be seen
            now = file_of(self.group)
            return None if now is None else now != self._file
        after = vector_of(self.group)
        return after != self._before if after else None

    def _needs_no_words(self) -> bool:
        return self.judged is None or self.judged.words is None

    def _by_name(self) -> str:
        """Judge a process that has ended, or that may not be looked into, by its name."""
        about = read_stat(self.group)
        if about is not None and self._comm and about.comm != self._comm:
            return "confirmed"
        return "presumed"

    def _unchanged(self) -> str:
        """Judge a process that looks as before: without address randomisation, running itself again looks the same."""
        if self._changed():
            return "confirmed"
        line = self._line()
        if line and self._words and line != self._words:
            return "confirmed"
        return "presumed" if line and self._expected().startswith(line) else "failed"

    def _expected(self) -> bytes:
        """Return the command line of the execution as it was read."""
        words = self.execution.argv if self.execution is not None else ()
        return b"".join(os.fsencode(word) + b"\0" for word in words)

    def difference(self) -> str:
        """Say what the process runs instead of what was judged; empty where it runs that, or has ended, or does not run it yet.

        ``unknown``: it runs, and may not be looked into.
        """
        if self.judged is None or not self.judged.readable:
            return ""
        now = file_of(self.group)
        if now is None:
            return "unknown" if _has_memory(self.group) else ""
        if now != self.judged.file:
            return "file"
        if self.judged.words is None:
            return ""
        line = self._line()
        if not line:
            return "unknown" if _has_memory(self.group) else ""
        return "" if line == self.judged.words[:WORDS_SEEN] else "words"

    def _line(self) -> bytes:
        return read_bytes(f"/proc/{self.group}/cmdline", WORDS_SEEN)

    def drop(self) -> None:
        """Let go of what an execution held that did not happen."""
        if self.late is not None:
            self.late.close()

    def _end_late(self) -> None:
        """Take the text over into the execution."""
        late, self.late = self.late, None
        if late is None or self.execution is None:
            return
        late.close()
        self.execution = with_text(self.execution, {late.number: late.captured})

    def result(self, outcome: str) -> Execution | None:
        """Return the execution with the outcome in its fidelity."""
        self._end_late()
        fidelity = self.execution.fidelity if self.execution is not None else None
        if self.execution is None or fidelity is None:
            return self.execution
        return structs.replace(self.execution, fidelity=structs.replace(fidelity, happened=outcome))


def read_bytes(path: str, size: int) -> bytes:
    """Read up to ``size`` bytes, in several reads where /proc gives a page at a time; empty where that fails."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        data = os.read(descriptor, size)
        while 0 < len(data) < size and (more := os.read(descriptor, size - len(data))):
            data += more
    except OSError:
        return b""
    else:
        return data
    finally:
        os.close(descriptor)
