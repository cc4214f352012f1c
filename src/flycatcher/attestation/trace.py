"""What ran: every execution of a run, with the digests of its program and of the scripts that it was told to run."""

from __future__ import annotations

import os
import stat
import time
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from flycatcher.core.operands import paths_read
from flycatcher.sources.program_files import look, view_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.execution import Execution, FileFact
    from flycatcher.core.snippet import Snippet

MOST = 200_000
"""Executions that are listed; the rest are counted, and the list is said to be incomplete."""
LARGEST = 1 << 30
"""Bytes of the largest file that is hashed while the build waits."""
FRESH = 50_000_000
"""Nanoseconds: a file that changed this recently may change again within one tick of its ctime, and is hashed again."""
_BLOCK = 1 << 20
_FILES = 16
"""Files of one execution that are hashed."""
_REMEMBERED = 65_536
"""Files whose digest is remembered, and processes of which it is known what they are about to run."""


class Ran(Struct, frozen=True):
    """One execution."""

    program: str
    """As /proc/PID/exe names it."""
    digest: str
    """SHA-256 of the program's file when it was looked at; empty where it could not be read."""
    files: tuple[tuple[str, str], ...]
    """Path and SHA-256 of each regular file that it was told to run or load; the digest is empty as above."""
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


class _Decided(NamedTuple):
    """What a process is about to run."""

    digest: str = ""
    files: tuple[tuple[str, str], ...] = ()


class Trace:
    """The executions of one run."""

    def __init__(self, reader: int | None = None) -> None:
        """``reader``: the user whose build it is, where root watches: of what they may not read, no digest is given away."""
        self.executions: list[Ran] = []
        self.omitted = 0
        """Executions that were too many to be listed."""
        self._reader = reader
        self._programs: dict[str, str] = {}
        self._scripts: dict[tuple[int, int, int], str] = {}
        self._decided: dict[int, _Decided] = {}

    @property
    def ran(self) -> int:
        """Return how many of the listed executions happened."""
        return sum(each.happened in {"confirmed", "presumed"} for each in self.executions)

    def look(self, descriptor: int) -> None:
        """Hash a program's file, which is about to be run."""
        _bound(self._programs)
        may_tell = self._may_tell(os.fstat(descriptor))
        self._programs[os.readlink(f"/proc/self/fd/{descriptor}")] = _digest(descriptor) if may_tell else ""

    def decided(self, execution: Execution) -> None:
        """Remember what a process is about to run: the files may be others when it is known that it does."""
        if execution.process is not None:
            _bound(self._decided)
            files = tuple(self._files(execution, execution.process.pid))
            self._decided[execution.process.pid] = _Decided(self._programs.get(execution.exe, ""), files)

    def happened(self, execution: Execution, snippets: Sequence[Snippet], interpreter: str) -> None:
        """List an execution that happened, or was refused."""
        if len(self.executions) >= MOST:
            self.omitted += 1
            return
        process, fidelity = execution.process, execution.fidelity
        pid = process.pid if process is not None else 0
        decided = self._decided.pop(pid, _Decided())
        self.executions.append(
            Ran(
                program=execution.exe,
                digest=decided.digest,
                files=decided.files,
                argv=execution.argv,
                pid=pid,
                parent=execution.ancestry[0].pid if execution.ancestry else 0,
                time=fidelity.time if fidelity is not None else "",
                happened=fidelity.happened if fidelity is not None else "",
                interpreter=interpreter,
                texts=tuple(map(_text, snippets)),
            )
        )

    def _files(self, execution: Execution, pid: int) -> Iterator[tuple[str, str]]:
        """Yield the regular files that an execution is told to run or load, with their digests."""
        view = view_of(pid, execution.cwd)
        for path in islice(paths_read(execution), _FILES):
            fact = look(path, view) if path.startswith("/") else None
            if fact is not None and fact.kind == "regular" and fact.inode:
                yield path, self._script(f"/proc/{pid}/root{fact.target or path}", fact)

    def _script(self, path: str, fact: FileFact) -> str:
        """Return the digest of a file, if it is still the one that was looked at; nothing else is opened for reading."""
        try:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return ""
        try:
            found = os.fstat(handle)
            if (found.st_dev, found.st_ino) != (fact.device, fact.inode) or not self._may_tell(found):
                return ""
            return self._remembered(handle, found)
        except OSError:
            return ""
        finally:
            os.close(handle)

    def _may_tell(self, found: os.stat_result) -> bool:
        """Whether the build's own user could read the file as well."""
        if not stat.S_ISREG(found.st_mode):
            return False
        return self._reader in {None, found.st_uid} or bool(found.st_mode & stat.S_IROTH)

    def _remembered(self, handle: int, found: os.stat_result) -> str:
        key = (found.st_dev, found.st_ino, found.st_ctime_ns)
        if key in self._scripts:
            return self._scripts[key]
        descriptor = os.open(f"/proc/self/fd/{handle}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            digest = _digest(descriptor)
        finally:
            os.close(descriptor)
        if time.time_ns() - found.st_ctime_ns > FRESH:
            _bound(self._scripts)
            self._scripts[key] = digest
        return digest


def _bound(remembered: dict[str, str] | dict[int, _Decided] | dict[tuple[int, int, int], str]) -> None:
    """Forget everything once it is too much."""
    if len(remembered) >= _REMEMBERED:
        remembered.clear()


def _text(snippet: Snippet) -> tuple[str, str, int]:
    return snippet.vector, snippet.sha256 if snippet.text is not None else "", len(snippet.data)


def _digest(descriptor: int) -> str:
    """Return the SHA-256 of an open file; empty where it cannot be read, or is too large."""
    digest, offset = sha256(), 0
    try:
        if os.fstat(descriptor).st_size > LARGEST:
            return ""
        while block := os.pread(descriptor, _BLOCK, offset):
            digest.update(block)
            offset += len(block)
    except OSError:
        return ""
    return digest.hexdigest()
