"""The self-test of a quarantine: a copy of this process becomes one of the contained, and tries what must and must not work.

It sends empty datagrams to port 9 (discard, RFC 863): to addresses that belong to nobody (RFC 5737, RFC 3849) and to the
management addresses. A packet that the output hook drops fails with EPERM, which no network answers with.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import pwd
import signal
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flycatcher.commands.respond.contain.network import Network

NOBODY = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
DISCARD = 9
SECONDS = 10
_CLONE_NEWNET = 0x40000000
_NAME = "flycatcher-self-test"
OPEN, CLOSED = "open", "closed"


class Answer(Struct, frozen=True):
    """What one attempt gave."""

    what: str
    came: str
    """``open``, ``closed``, or ``not tried: why``."""
    is_wrong: bool = False


def probe(namespace: int, uid: int | None, group: Path | None, management: Iterable[Network]) -> Iterator[Answer]:
    """Yield the answers of a process in a namespace, with a user id, or in a control group."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(writing, namespace, uid, group, list(management))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read(1 << 16)
    os.waitpid(pid, 0)
    if group is not None:
        with suppress(OSError):
            (group / _NAME).rmdir()
    try:
        rows = json.loads(said)
    except ValueError:
        rows = [["all", "no answer from the self-test", True]]
    yield from (Answer(*row) for row in rows)


def _child(pipe: int, namespace: int, uid: int | None, group: Path | None, management: list[Network]) -> None:
    """Become one of the contained, try, and end."""
    signal.alarm(SECONDS)
    try:
        try:
            _become(namespace, uid, group)
            rows = list(_tried(management))
        except OSError as error:
            rows = [("all", f"not tried: {error.strerror}", False)]
        os.write(pipe, json.dumps(rows).encode())
    finally:
        os._exit(0)


def _become(namespace: int, uid: int | None, group: Path | None) -> None:
    """Enter the namespace, a group of our own below the target's, and drop to the user."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"setns: {os.strerror(number)}")
    if group is not None:
        place = group / _NAME
        place.mkdir(exist_ok=True)
        (place / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
    if uid is not None:
        gid = pwd.getpwuid(uid).pw_gid
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)


def _tried(management: list[Network]) -> Iterator[tuple[str, str, bool]]:
    came = _loopback()
    yield "loopback", came, came == CLOSED
    for family, address in NOBODY.items():
        came = _sent(family, address)
        name = "IPv4" if family == socket.AF_INET else "IPv6"
        yield name, came, came == OPEN
    for network in management:
        family = socket.AF_INET if network.version == 4 else socket.AF_INET6
        if network.num_addresses == 1:
            came = _sent(family, str(network.network_address))
            yield str(network.network_address), came, came == CLOSED


def _sent(family: int, address: str) -> str:
    """Send an empty datagram; return what came of it."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"", (address, DISCARD))
    except OSError as error:
        return CLOSED if error.errno == errno.EPERM else f"not tried: {error.strerror}"
    return OPEN


def _loopback() -> str:
    """Send a datagram to ourselves; return whether it came."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
            receiver.bind(("127.0.0.1", 0))
            receiver.settimeout(1.0)
            receiver.sendto(b"x", receiver.getsockname())
            return OPEN if receiver.recv(1) == b"x" else CLOSED
    except TimeoutError:
        return CLOSED
    except OSError as error:
        return CLOSED if error.errno == errno.EPERM else f"not tried: {error.strerror}"
