"""What ran: every execution of a run with the digest of its program, in the order in which they ended up known."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.snippet import Snippet

MOST = 200_000
"""Executions that are listed; the rest are counted, and the list is said to be incomplete."""
LARGEST_PROGRAM = 1 << 30
"""Bytes of the largest program that is hashed while the build waits."""
_BLOCK = 1 << 20
_REMEMBERED = 65_536
"""Programs whose digest is remembered, and processes of which it is known which one they are about to run."""


class Ran(Struct, frozen=True):
    """One execution."""

    program: str
    """As /proc/PID/exe names it."""
    digest: str
    """SHA-256 of the program's file when it was looked at; empty where it could not be read."""
    argv: tuple[str, ...]
    pid: int
    parent: int
    time: str
    happened: str
    """``confirmed``, ``presumed``, ``denied``, ``killed``."""
    interpreter: str
    """An interpreter's id; empty for other programs."""
    texts: tuple[tuple[str, str, int], ...]
    """Vector, SHA-256 and length of each program text that was given to it; the digest is empty where it was not seen."""


class Trace:
    """The executions of one run."""

    def __init__(self) -> None:
        """Start empty."""
        self.executions: list[Ran] = []
        self.omitted = 0
        """Executions that were too many to be listed."""
        self._digests: dict[str, str] = {}
        self._decided: dict[int, str] = {}

    @property
    def ran(self) -> int:
        """Return how many of the listed executions happened."""
        return sum(each.happened in {"confirmed", "presumed"} for each in self.executions)

    def look(self, descriptor: int) -> None:
        """Hash a program's file, which is about to be run."""
        if len(self._digests) >= _REMEMBERED:
            self._digests.clear()
        self._digests[os.readlink(f"/proc/self/fd/{descriptor}")] = _digest(descriptor)

    def decided(self, execution: Execution) -> None:
        """Remember which program a process is about to run: the file may be another one when it is known that it does."""
        if execution.process is not None:
            if len(self._decided) >= _REMEMBERED:
                self._decided.clear()
            self._decided[execution.process.pid] = self._digests.get(execution.exe, "")

    def happened(self, execution: Execution, snippets: Sequence[Snippet], interpreter: str) -> None:
        """List an execution that happened, or was refused."""
        if len(self.executions) >= MOST:
            self.omitted += 1
            return
        process, fidelity = execution.process, execution.fidelity
        pid = process.pid if process is not None else 0
        self.executions.append(
            Ran(
                program=execution.exe,
                digest=self._decided.pop(pid, "") or self._digests.get(execution.exe, ""),
                argv=execution.argv,
                pid=pid,
                parent=execution.ancestry[0].pid if execution.ancestry else 0,
                time=fidelity.time if fidelity is not None else "",
                happened=fidelity.happened if fidelity is not None else "",
                interpreter=interpreter,
                texts=tuple(
                    (each.vector, each.sha256 if each.text is not None else "", len(each.data)) for each in snippets
                ),
            )
        )


def _digest(descriptor: int) -> str:
    """Return the SHA-256 of an open file; empty where it cannot be read, or is too large."""
    digest, offset = sha256(), 0
    try:
        if os.fstat(descriptor).st_size > LARGEST_PROGRAM:
            return ""
        while block := os.pread(descriptor, _BLOCK, offset):
            digest.update(block)
            offset += len(block)
    except OSError:
        return ""
    return digest.hexdigest()
