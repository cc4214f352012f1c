"""Processes that a responder never stops nor kills: pid 1, itself, what started it, its session's sshd, and the kernel's threads.

Source: proc(5), sshd(8) (SSH_CONNECTION).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.sources.sensors.procfs import link, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.commands.respond.freeze import Stat

FIRST = "the first process of the system"
OURS = "this program, or one that started it"
SSHD = "the sshd of this session"
KERNEL = "a thread of the kernel"
_NO_SESSION = str((1 << 32) - 1)
"""What /proc/PID/sessionid holds outside of a login."""
_VARIABLE = b"SSH_CONNECTION="


def spared(known: dict[int, Stat]) -> dict[int, str]:
    """Return the numbers among the known processes, each with what it is."""
    found = {pid: KERNEL for pid, stat in known.items() if stat.is_kernel}
    servers = [pid for pid, stat in known.items() if stat.name.startswith("sshd") and _is_server(pid)]
    ours = _session(os.getpid())
    connected = _inodes({port for pid in _line(known) for port in _ports(pid)}) if servers else set()
    for pid in servers:
        if (ours and _session(pid) == ours) or (connected and not connected.isdisjoint(_sockets(pid))):
            found[pid] = SSHD
    return found | dict.fromkeys(_line(known), OURS) | {1: FIRST}


def _is_server(pid: int) -> bool:
    """Whether the program is called sshd (sshd-session, ...) and is root's: anybody can call a program of their own that."""
    place = f"/proc/{pid}/exe"
    try:
        return link(place).rpartition("/")[2].startswith("sshd") and Path(place).stat().st_uid == 0
    except OSError:
        return False


def _line(known: dict[int, Stat]) -> Iterator[int]:
    """Yield this process and its ancestors."""
    seen: set[int] = set()
    at = os.getpid()
    while at in known and at not in seen:
        seen.add(at)
        yield at
        at = known[at].parent


def _session(pid: int) -> str:
    """Return the login session that the kernel's audit counts a process to, empty where it is in none."""
    try:
        found = read(f"/proc/{pid}/sessionid", 32).decode("ascii", "replace").strip()
    except OSError:
        return ""
    return "" if found in {_NO_SESSION, "0"} else found


def connection(known: dict[int, Stat]) -> list[str]:
    """Return the nearest SSH_CONNECTION of this process and its ancestors: client, its port, server, its port; else empty."""
    return next((words for pid in _line(known) if len(words := _connection(pid)) == 4), [])


def _connection(pid: int) -> list[str]:
    try:
        variables = read(f"/proc/{pid}/environ", 1 << 20).split(b"\0")
    except OSError:
        return []
    return next((os.fsdecode(each[len(_VARIABLE) :]).split() for each in variables if each.startswith(_VARIABLE)), [])


def _ports(pid: int) -> Iterator[tuple[int, int]]:
    """Yield the server's and the client's port of the connection that a process was started over."""
    words = _connection(pid)
    if len(words) == 4 and words[1].isdigit() and words[3].isdigit():
        yield int(words[3]), int(words[1])


def _inodes(ports: set[tuple[int, int]]) -> set[str]:
    """Return the sockets with these local and remote ports."""
    found = set()
    for name in ("tcp", "tcp6") if ports else ():
        try:
            rows = Path("/proc/net", name).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for row in map(str.split, rows):
            if (int(row[1].rpartition(":")[2], 16), int(row[2].rpartition(":")[2], 16)) in ports:
                found.add(f"socket:[{row[9]}]")
    return found


def _sockets(pid: int) -> set[str]:
    try:
        return {link(entry.path) for entry in os.scandir(f"/proc/{pid}/fd")}
    except OSError:
        return set()
