"""What the socket on descriptor 0 connects, as facts of the context.

``stdin.socket.family``, ``stdin.socket.peer``, ``stdin.socket.local``, ``stdin.socket.direction``.

Sources: socket(2), socket(7) (SO_DOMAIN), getpeername(2), vsock(7), proc_pid_net(5), include/net/tcp_states.h.
"""

from __future__ import annotations

import ctypes
import os
import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from msgspec import Struct

FAMILIES: dict[int, str] = {
    socket.AF_UNIX: "unix",
    socket.AF_INET: "inet",
    socket.AF_INET6: "inet6",
    socket.AF_NETLINK: "netlink",
    socket.AF_PACKET: "packet",
    socket.AF_VSOCK: "vsock",
}
"""AF_* to the name in the record; any other family is its number."""
PIDFD_GETFD = 438
SO_DOMAIN = 39
_LISTEN = "0A"
_TABLE_LIMIT = 1 << 20
"""Bytes of /proc/PID/net/tcp that are searched for a listener."""


class Ends(Struct, frozen=True, kw_only=True):
    """Both ends of a socket; addresses and ports only where the family has them and they are known."""

    family: int
    local: str = ""
    local_port: int = 0
    peer: str = ""
    peer_port: int = 0


def facts(ends: Ends, pid: int = 0) -> dict[str, str]:
    """Return the facts; ``pid``: a process whose network namespace says who called whom, 0: that is not looked up."""
    found = {"stdin.socket.family": FAMILIES.get(ends.family, str(ends.family))}
    if ends.local:
        found["stdin.socket.local"] = endpoint(ends.local, ends.local_port)
    if ends.peer:
        found["stdin.socket.peer"] = endpoint(ends.peer, ends.peer_port)
        if pid and ends.local_port:
            found["stdin.socket.direction"] = "incoming" if _listens(pid, ends.local_port) else "outgoing"
    return found


def endpoint(address: str, port: int) -> str:
    """Return ``192.0.2.1:80`` or ``[2001:db8::1]:80``."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def plain_address(raw: bytes) -> str:
    """Return 4 or 16 bytes as an address, an IPv4 address inside IPv6 as what it is; empty for the unspecified one."""
    if not any(raw):
        return ""
    address = ip_address(raw)
    return str(getattr(address, "ipv4_mapped", None) or address)


def ends_of(pid: int, descriptor: int = 0) -> Ends | None:
    """Ask a process's socket itself, through a duplicate (pidfd_getfd(2)); None where that is refused. Nothing blocks."""
    with suppress(OSError), socket.socket(fileno=duplicate(pid, descriptor)) as copy:
        family = copy.getsockopt(socket.SOL_SOCKET, SO_DOMAIN)
        if family not in {socket.AF_INET, socket.AF_INET6}:
            return Ends(family=family)
        local, local_port = _name(copy.getsockname())
        with suppress(OSError):
            peer, peer_port = _name(copy.getpeername())
            return Ends(family=family, local=local, local_port=local_port, peer=peer, peer_port=peer_port)
        return Ends(family=family, local=local, local_port=local_port)
    return None


def duplicate(pid: int, descriptor: int) -> int:
    """Return a descriptor of our own for another process's; raises OSError. Source: pidfd_getfd(2)."""
    owner = os.pidfd_open(pid)
    try:
        found = int(_libc.syscall(PIDFD_GETFD, owner, descriptor, 0))
    finally:
        os.close(owner)
    if found < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return found


_libc = ctypes.CDLL(None, use_errno=True)


def _name(found: tuple[str, int] | tuple[str, int, int, int]) -> tuple[str, int]:
    address = ip_address(found[0].partition("%")[0])
    return plain_address(address.packed), found[1]


def _listens(pid: int, port: int) -> bool:
    """Whether something in that process's network namespace takes connections at a port."""
    for table in ("tcp", "tcp6"):
        with suppress(OSError), Path(f"/proc/{pid}/net/{table}").open(encoding="ascii") as handle:
            for line in handle.read(_TABLE_LIMIT).splitlines()[1:]:
                words = line.split(None, 4)
                if len(words) > 3 and words[3] == _LISTEN and words[1].endswith(f":{port:04X}"):
                    return True
    return False
