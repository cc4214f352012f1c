"""Descriptor 0 (or another) of a process that is about to run: its kind, and the text that waits in it, uncopied.

A pipe is copied with tee(2), a socket with MSG_PEEK on a duplicate (pidfd_getfd(2)), a file read at the process's own
offset: nothing is consumed, and nothing here blocks.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import select
import socket
import stat
import termios
import time
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from flycatcher.core.execution import Fidelity
from flycatcher.sources.program_files import stdin_kind
from flycatcher.sources.sensors.seccomp.abi import libc
from flycatcher.sources.sensors.sockets import duplicate

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution, StdinKind

CAPTURE_LIMIT = 1 << 20
"""Bytes: more than that of one descriptor's text is cut, and the record says ``partial``."""
SPLICE_F_NONBLOCK = 2
F_SETPIPE_SZ, F_GETPIPE_SZ = 1031, 1032


class Captured(NamedTuple):
    """What could be copied."""

    data: bytes
    whole: bool
    """True where nothing more can come: end of file was seen."""
    full: bool = False
    """True for a pipe that holds all it can: nothing more comes before its reader has started."""


def kind_of(tid: int, descriptor: int = 0) -> StdinKind:
    """Return the kind of that descriptor; ``null`` where it is closed."""
    try:
        about = os.stat(f"/proc/{tid}/fd/{descriptor}")
    except FileNotFoundError:
        return "null"
    except OSError:
        return "unknown"
    return stdin_kind(about.st_mode, os.major(about.st_rdev), os.minor(about.st_rdev))


def capture(tid: int, group: int, descriptor: int = 0, *, opened: bool = False) -> Captured | None:
    """Copy what waits there now; None where it cannot be looked at (a terminal, a device, no permission).

    ``opened``: the program opens the descriptor by its path (/dev/fd/3), and so reads a file from the beginning.
    """
    kind = kind_of(tid, descriptor)
    try:
        if kind == "pipe":
            return _from_pipe(tid, descriptor)
        if kind == "file":
            return _from_file(tid, descriptor, opened=opened)
        if kind == "socket":
            return _from_socket(group, descriptor)
    except (OSError, ValueError):
        return None
    return None


class LatePipe:
    """A pipe that was still empty when its reader had to start, watched for a moment more.

    Python's subprocess and its like write only once the child runs: the text then comes between the start and the
    interpreter's first read. Our own descriptor keeps the pipe readable, so it is held briefly.
    """

    PATIENCE = 1.0
    STEP = 0.002
    SETTLE = 0.001
    ROUNDS = 5

    def __init__(self, tid: int, descriptor: int) -> None:
        """Open the pipe; OSError where that fails."""
        self.number = descriptor
        self.source = _open_pipe(tid, descriptor)
        self.captured = Captured(b"", whole=False)
        self.arrived = False
        self._deadline = time.monotonic() + self.PATIENCE
        self._rounds = 0

    def look(self) -> bool:
        """Copy what waits; return True when no more is to be learned."""
        found = _copy(self.source)
        if not found.data.startswith(self.captured.data):  # the interpreter reads: what is gone is what we hold
            return True
        if found.whole and not found.data:  # nothing was written, or it was read before this look: nobody can tell
            return True
        self.captured = found
        if found.data:
            self.arrived = True
            self._rounds += 1
        return found.whole or self._rounds > self.ROUNDS or time.monotonic() > self._deadline

    def close(self) -> None:
        """Let go of the pipe."""
        os.close(self.source)


def with_text(execution: Execution, found: dict[int, Captured | None]) -> Execution:
    """Return the execution with what was copied from its descriptors, and how much of it that is."""
    texts, stdin_text = dict(execution.descriptors), execution.stdin_text
    states = set()
    for number, captured in found.items():
        if captured is None or not (captured.data or captured.whole):
            states.add("not captured")
            continue
        states.add("whole" if captured.whole else "partial")
        if number == 0:
            stdin_text = os.fsdecode(captured.data)
        else:
            texts[number] = os.fsdecode(captured.data)
    state = states.pop() if len(states) == 1 else "partial" if states else "not captured"
    fidelity = structs.replace(execution.fidelity or Fidelity(), stdin=state)
    return structs.replace(execution, stdin_text=stdin_text, descriptors=texts, fidelity=fidelity)


def _open_pipe(tid: int, descriptor: int) -> int:
    """Open the reading end of a process's pipe anew."""
    return os.open(f"/proc/{tid}/fd/{descriptor}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def _from_pipe(tid: int, descriptor: int) -> Captured:
    """Copy what waits in a process's pipe."""
    source = _open_pipe(tid, descriptor)
    try:
        return _copy(source)
    finally:
        os.close(source)


def _copy(source: int) -> Captured:
    """Copy with tee(2); whole where no writer is left."""
    poller = select.poll()
    poller.register(source, select.POLLIN)
    # The hang-up is looked for first: a writer that leaves between the two looks only makes us say "partial".
    whole = any(event & select.POLLHUP for _, event in poller.poll(0))
    waiting = _waiting(source)
    data = _tee(source, waiting) if waiting else b""
    full = bool(waiting) and waiting >= min(fcntl.fcntl(source, F_GETPIPE_SZ), CAPTURE_LIMIT)
    return Captured(data, whole and len(data) >= waiting, full)


def _waiting(descriptor: int) -> int:
    """Return how many bytes wait in a pipe (FIONREAD)."""
    answer = fcntl.ioctl(descriptor, termios.FIONREAD, b"\0\0\0\0")
    return int.from_bytes(answer, "little")


def _tee(source: int, waiting: int) -> bytes:
    """Copy up to the limit out of a pipe through one of our own, as large as the source's."""
    reader, writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        # Buffers are counted in pages, not bytes: a pipe full of one-byte writes needs as many slots as the source has.
        with contextlib.suppress(
            OSError
        ):  # an unprivileged user's limit on pipe memory: what fits the default is copied
            fcntl.fcntl(writer, F_SETPIPE_SZ, min(fcntl.fcntl(source, F_GETPIPE_SZ), CAPTURE_LIMIT))
        size = min(waiting, CAPTURE_LIMIT)
        copied = libc.tee(
            ctypes.c_int(source), ctypes.c_int(writer), ctypes.c_size_t(size), ctypes.c_uint(SPLICE_F_NONBLOCK)
        )
        return _drain(reader, copied)
    finally:
        os.close(reader)
        os.close(writer)


def _drain(reader: int, size: int) -> bytes:
    """Read that many bytes from a pipe that holds them."""
    parts = []
    while size > 0:
        part = os.read(reader, size)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _from_file(tid: int, descriptor: int, *, opened: bool) -> Captured | None:
    """Read a regular file (a here-document's unlinked one too) from where the process would read on, or from its beginning."""
    path = f"/proc/{tid}/fd/{descriptor}"
    if not stat.S_ISREG(os.stat(path).st_mode):
        return None
    with open(f"/proc/{tid}/fdinfo/{descriptor}", encoding="ascii") as handle:
        offset = next(int(line.split()[1]) for line in handle if line.startswith("pos:"))
    source = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        data = os.pread(source, CAPTURE_LIMIT + 1, 0 if opened else offset)
    finally:
        os.close(source)
    return Captured(data[:CAPTURE_LIMIT], len(data) <= CAPTURE_LIMIT)


def _from_socket(group: int, descriptor: int) -> Captured | None:
    """Peek at a stream socket's queue."""
    with socket.socket(fileno=duplicate(group, descriptor)) as peer:
        try:
            data = peer.recv(CAPTURE_LIMIT, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return Captured(b"", whole=False)
        # An empty answer is the end of the stream; after data, only the peer's hang-up says that nothing follows.
        poller = select.poll()
        poller.register(peer, select.POLLIN | select.POLLRDHUP)
        ended = not data or any(event & (select.POLLRDHUP | select.POLLHUP) for _, event in poller.poll(0))
        return Captured(data, whole=ended and len(data) < CAPTURE_LIMIT)
