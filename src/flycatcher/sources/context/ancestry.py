"""A process and its ancestors, read from /proc.

Source: proc(5): stat (fields 4 and 22), cmdline, exe, cwd; numbers are those of this pid namespace.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from flycatcher.core.execution import Process

DEPTH_LIMIT = 64
ARGV_LIMIT = 64 << 10
"""Bytes of an ancestor's command line that are kept."""
CACHE_LIMIT = 4096


class Stat(NamedTuple):
    """The fields of /proc/PID/stat that are used here."""

    comm: str
    state: str
    """One letter: R, S, D, Z, T, ..."""
    parent: int
    start: int


def read_stat(pid: int) -> Stat | None:
    """Read /proc/PID/stat; None where the process is gone."""
    raw = _read(pid, "stat", 1024)
    if raw is None:
        return None
    start, end = raw.find(b"("), raw.rfind(b")")
    fields = raw[end + 2 :].split(None, 20)
    if start < 0 or len(fields) < 20:
        return None
    return Stat(os.fsdecode(raw[start + 1 : end]), fields[0].decode(), int(fields[1]), int(fields[19]))


def read_process(pid: int, about: Stat | None = None) -> Process | None:
    """Read one process; what cannot be read is empty and noted; None where it is gone."""
    about = about or read_stat(pid)
    if about is None:
        return None
    argv, note = _argv(pid)
    uid, gid = _owner(pid)
    return Process(
        pid=pid,
        start=about.start,
        comm=about.comm,
        exe=_link(pid, "exe"),
        argv=argv,
        uid=uid,
        gid=gid,
        cwd=_link(pid, "cwd"),
        note=note,
    )


class Ancestry:
    """Reads the ancestors of processes up to one root; remembers those that have not run another program since."""

    def __init__(self, root: int = 0, adopter: int = 0) -> None:
        """``root``: the last process that belongs to the ancestry; 0 goes up to init. ``adopter``: the first that does not."""
        self.root = root
        self.adopter = adopter
        self._known: dict[int, Process] = {}

    def forget(self, pid: int) -> None:
        """Drop what is remembered of a process: it runs another program now."""
        self._known.pop(pid, None)

    def of(self, parent: int) -> tuple[Process, ...]:
        """Return the processes from ``parent`` (nearest first) up to the root, or below who adopts orphans."""
        found: list[Process] = []
        pid = parent
        while pid > 0 and pid != self.adopter and len(found) < DEPTH_LIMIT:
            about = read_stat(pid)
            if about is None:
                break
            process = self._known.get(pid)
            if process is None or process.start != about.start or process.comm != about.comm:
                process = read_process(pid, about)
                if process is None:
                    break
                if len(self._known) >= CACHE_LIMIT:
                    self._known.clear()
                self._known[pid] = process
            found.append(process)
            if pid == self.root:
                break
            pid = about.parent
        return tuple(found)


def _read(pid: int, name: str, size: int) -> bytes | None:
    """Read up to ``size`` bytes of a file below /proc/PID; None where that is refused or the process gone."""
    try:
        descriptor = os.open(f"/proc/{pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.read(descriptor, size)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _argv(pid: int) -> tuple[tuple[str, ...], str]:
    """Return the command line and a note on what is missing of it."""
    raw = _read(pid, "cmdline", ARGV_LIMIT)
    if raw is None:
        return (), "argv not read: the process had ended"
    if not raw:
        return (), ""
    note = f"argv cut at {ARGV_LIMIT} bytes" if len(raw) == ARGV_LIMIT else ""
    return words_of(raw), note


def words_of(raw: bytes) -> tuple[str, ...]:
    """Split what /proc/PID/cmdline holds; the run of empty words behind a title that a process gave itself is left out."""
    bare = raw.rstrip(b"\0")
    if len(raw) - len(bare) <= 2:  # the end of the last word, and of one empty word at most
        bare = raw.removesuffix(b"\0")
    return tuple(map(os.fsdecode, bare.split(b"\0")))


def _link(pid: int, name: str) -> str:
    """Read a link below /proc/PID; empty where that is refused."""
    try:
        return os.readlink(f"/proc/{pid}/{name}")
    except OSError:
        return ""


def _owner(pid: int) -> tuple[int | None, int | None]:
    """Return the user and group that own /proc/PID (the effective ones of a dumpable process)."""
    try:
        about = os.stat(f"/proc/{pid}")
    except OSError:
        return None, None
    return about.st_uid, about.st_gid
