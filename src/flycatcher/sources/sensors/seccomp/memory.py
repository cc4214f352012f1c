"""Reads of another process's memory: the words of an execution, whole up to the kernel's own limits.

process_vm_readv(2) does it in one system call; /proc/PID/mem is the second way (no process_vm_readv in the kernel,
or an outer seccomp filter that refuses it).
"""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path

from flycatcher.sources.sensors.seccomp.abi import libc

PAGE = os.sysconf("SC_PAGE_SIZE")
WORD_LIMIT = 32 * PAGE
"""MAX_ARG_STRLEN (include/uapi/linux/binfmts.h): the kernel refuses a longer word with E2BIG."""
TOTAL_LIMIT = 6 << 20
"""Argument and environment space that any RLIMIT_STACK allows: 3/4 of _STK_LIM (fs/exec.c, bprm_stack_limits)."""
READ_LIMIT = 1 << 20
"""Bytes that one system call fetches."""
RUN_PAGES = 16
"""Pages of one piece of memory that is fetched at once."""
GAP = 1
"""Pages in a row without a word's beginning that are fetched along: a word may go on there."""
RUNS = max(1, READ_LIMIT // (RUN_PAGES * PAGE))
"""Pieces that one system call fetches."""
WORDS_LIMIT = TOTAL_LIMIT // 8


class _Vector(ctypes.Structure):
    """Struct iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class MemoryGoneError(Exception):
    """The process or the address is not readable: it ended, or its memory is not ours to read."""


class Words(list[bytes]):
    """The words of one array; ``truncated``: they are more, or longer, than the kernel takes, which then answers E2BIG."""

    truncated = False


class Reader:
    """Reads from any process, through one buffer that is made once. Not for use from two threads."""

    def __init__(self) -> None:
        """Prepare the buffer and the two vectors."""
        self._size = READ_LIMIT
        self._buffer = (ctypes.c_char * self._size)()
        self._local = _Vector(ctypes.addressof(self._buffer), 0)
        self._remotes = (_Vector * RUNS)()
        self._remote = self._remotes[0]
        self._view = memoryview(self._buffer).cast("B")
        self._call = libc.process_vm_readv
        self._call.restype = ctypes.c_ssize_t
        self._call.argtypes = (
            ctypes.c_int,
            ctypes.c_void_p,
            ctypes.c_ulong,
            ctypes.c_void_p,
            ctypes.c_ulong,
            ctypes.c_ulong,
        )
        self._local_address = ctypes.addressof(self._local)
        self._remote_address = ctypes.addressof(self._remotes)

    def some(self, pid: int, address: int, size: int) -> bytes:
        """Return up to ``size`` bytes (at least one) from there; MemoryGoneError where nothing can be read."""
        size = min(size, self._size)
        self._local.length = self._remote.length = size
        self._remote.base = address
        got = self._call(pid, self._local_address, 1, self._remote_address, 1, 0)
        if got > 0:
            return bytes(self._view[:got])
        return _by_file(pid, address, size)

    def text(self, pid: int, address: int, limit: int = WORD_LIMIT) -> bytes | None:
        """Return the bytes before the NUL; None where ``limit`` bytes hold none."""
        chunk = self.some(pid, address, PAGE - address % PAGE)
        end = chunk.find(b"\0")
        if end >= 0:
            return chunk[:end]
        while len(chunk) < limit:
            chunk += self.some(pid, address + len(chunk), min(4 * PAGE, limit - len(chunk)))
            end = chunk.find(b"\0")
            if end >= 0:
                return chunk[:end]
        return None

    def words(self, pid: int, address: int, pointer: int) -> Words:
        """Return the words of a NULL-terminated pointer array; ``address`` 0 is an empty array, as for the kernel."""
        words = Words()
        if address == 0:
            return words
        pointers = self._pointers(pid, address, pointer)
        if pointers is None:
            words.truncated = True
            return words
        if not pointers:
            return words
        pieces = self._pieces(pid, pointers)
        total = 0
        for at in pointers:
            word = self._word(pid, at, pieces)
            total += pointer + 1 + (len(word) if word is not None else 0)
            if word is None or total > TOTAL_LIMIT:
                words.truncated = True
                break
            words.append(word)
        return words

    def _pieces(self, pid: int, pointers: list[int]) -> dict[int, tuple[int, bytes]]:
        """Return, by the page in which a word begins, a piece's address and the piece; without those that are not readable."""
        pieces: dict[int, tuple[int, bytes]] = {}
        runs = _runs(pointers)
        for first in range(0, len(runs), RUNS):
            batch = runs[first : first + RUNS]
            for run, piece in zip(batch, self._fetched(pid, batch), strict=False):
                pieces.update(dict.fromkeys(run, (run.start * PAGE, piece)))
        return pieces

    def _fetched(self, pid: int, runs: list[range]) -> list[bytes]:
        """Return the bytes of runs of pages, as far as they are readable: the rest is short or missing."""
        for remote, run in zip(self._remotes, runs, strict=False):
            remote.base, remote.length = run.start * PAGE, len(run) * PAGE
        self._local.length = sum(map(len, runs)) * PAGE
        got = self._call(pid, self._local_address, 1, self._remote_address, len(runs), 0)
        if got < 0:
            return [_by_file_if_readable(pid, run) for run in runs]
        pieces = []
        start = 0
        for run in runs:
            end = start + len(run) * PAGE
            pieces.append(bytes(self._view[start : max(start, min(end, got))]))
            start = end
        return pieces

    def _word(self, pid: int, at: int, pieces: dict[int, tuple[int, bytes]]) -> bytes | None:
        """Return one word, from its piece where it is whole there."""
        start, piece = pieces.get(at // PAGE, (0, b""))
        end = piece.find(b"\0", at - start)
        return piece[at - start : end] if end >= 0 else self.text(pid, at)

    def _pointers(self, pid: int, address: int, size: int) -> list[int] | None:
        """Return the array up to its NULL; None where it is longer than the kernel takes."""
        code = "=Q" if size == 8 else "=I"
        null = bytes(size)
        raw = b""
        while len(raw) < WORDS_LIMIT * size:
            at = address + len(raw)
            raw += self.some(pid, at, PAGE - at % PAGE if not raw else 16 * PAGE)
            usable = len(raw) - len(raw) % size
            end = raw.find(null)
            while 0 <= end < usable and end % size:
                end = raw.find(null, end + 1)
            if 0 <= end < usable:
                return [value for (value,) in struct.iter_unpack(code, raw[:end])]
        return None


def _runs(pointers: list[int]) -> list[range]:
    """Return the pages in which words begin, those that lie close together as one run."""
    runs: list[range] = []
    for page in sorted({at // PAGE for at in pointers}):
        last = runs[-1] if runs else range(0)
        if runs and page - last.stop <= GAP and page - last.start < RUN_PAGES:
            runs[-1] = range(last.start, page + 1)
        else:
            runs.append(range(page, page + 1))
    return runs


def _by_file_if_readable(pid: int, run: range) -> bytes:
    """Return the bytes of a run of pages; empty where it cannot be read."""
    try:
        return _by_file(pid, run.start * PAGE, len(run) * PAGE)
    except MemoryGoneError:
        return b""


def _by_file(pid: int, address: int, size: int) -> bytes:
    """Read through /proc/PID/mem."""
    try:
        descriptor = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise MemoryGoneError(str(error)) from error
    try:
        data = os.pread(descriptor, size, address)
    except (OSError, OverflowError) as error:
        raise MemoryGoneError(str(error)) from error
    finally:
        os.close(descriptor)
    if not data:
        raise MemoryGoneError(f"{Path('/proc', str(pid), 'mem')}: nothing at {address:#x}")
    return data
