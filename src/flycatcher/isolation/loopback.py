"""A network that ends in this program: a sandbox's own loopback, on which names resolve and every request is recorded.

The servers are a process outside of the sandbox that has joined its network namespace, so that nothing in there can reach them but
through the network. Sources: setns(2), ioctl_ns(2), bwrap(1) (``--info-fd``, ``--block-fd``).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import msgspec

from flycatcher.core.errors import FlycatcherError
from flycatcher.isolation.privileges import drop_to
from flycatcher.isolation.recorder import PORTS, Contact, serve

if TYPE_CHECKING:
    from pathlib import Path

    from flycatcher.isolation.decoys import Decoys

_NS_GET_USERNS = 0xB701
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_INFO_BYTES = 4096
_READY = b"1"
RESOLVER = "nameserver 127.0.0.1\n"
"""What ``/etc/resolv.conf`` says in the sandbox."""


class Gate(NamedTuple):
    """The sandbox's two descriptors: where bwrap tells its child's number, and what it waits for before the command runs."""

    info: int
    block: int

    def close(self) -> None:
        """Close both."""
        for descriptor in self:
            os.close(descriptor)


class Loopback:
    """Waits for a sandbox, then serves its network until :meth:`contacts` is asked."""

    def __init__(self, planted: Decoys, report: Path) -> None:
        """``report``: a file that the sandbox does not show, for what is recorded."""
        self._planted, self._report = planted, report
        self._info, info = os.pipe()
        block, self._go = os.pipe()
        self.gate = Gate(info, block)
        self._server = 0

    def open(self) -> None:
        """Serve the sandbox that has been started with the gate, and let its command run.

        Does nothing where that has ended already. Where its network cannot be joined, it is killed before it has run anything, and
        FlycatcherError is raised.
        """
        self.gate.close()
        pid = 0
        try:
            pid = _child(self._info)
            if pid:
                self._start(pid)
                os.write(self._go, _READY)
        except BaseException:
            if pid:  # 0 would be this process's own group
                os.kill(pid, signal.SIGKILL)  # it waits for us, so the number is still its own
            raise
        finally:
            os.close(self._info)
            os.close(self._go)

    def _start(self, pid: int) -> None:
        told, tell = os.pipe()
        network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._server = os.fork()
        if self._server == 0:
            self._become_server(network, tell)
        for descriptor in (network, tell):
            os.close(descriptor)
        with os.fdopen(told, "rb") as handle:
            said = handle.read()
        if said != _READY:
            raise FlycatcherError(
                f"the sandbox's network cannot be served: {said.decode(errors='replace')}",
                hint="--network=none runs it without one",
            )

    def _become_server(self, network: int, tell: int) -> NoReturn:
        """Join the namespace, open all ports there, give all privileges up, and serve; never returns."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            with self._report.open("wb", buffering=0) as report:
                sockets = _joined(network)
                with contextlib.suppress(FlycatcherError):
                    drop_to(())
                os.write(tell, _READY)
                os.close(tell)
                serve(sockets, report, self._planted.found_in)
        except BaseException as error:  # noqa: BLE001 - whatever happens, this copy of the program ends here
            with contextlib.suppress(OSError):
                os.write(tell, str(error).encode())
        finally:
            os._exit(0)

    def contacts(self) -> list[Contact]:
        """End the server, once the connections that are open have been read, and return what it has recorded."""
        if not self._server:
            return []
        os.kill(self._server, signal.SIGTERM)
        os.waitpid(self._server, 0)
        lines = self._report.read_bytes().split(b"\n") if self._report.exists() else []
        return [msgspec.json.decode(line, type=Contact) for line in lines if line]


def _child(info: int) -> int:
    """Return the number of the sandbox's first process, as bwrap tells it; 0 where it ends without."""
    data = b""
    while not data.rstrip().endswith(b"}"):
        more = os.read(info, _INFO_BYTES)
        if not more:
            return 0
        data += more
    return int(json.loads(data)["child-pid"])


def _joined(network: int) -> dict[tuple[str, int], socket.socket]:
    """Join a network namespace, and the user namespace that it belongs to; return its sockets by kind and port. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    owner = fcntl.ioctl(network, _NS_GET_USERNS)
    for descriptor, kind in ((owner, _CLONE_NEWUSER), (network, _CLONE_NEWNET)):
        if libc.setns(descriptor, kind):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        os.close(descriptor)
    found = {}
    for port in PORTS:
        found["tcp", port] = socket.create_server(("0.0.0.0", port), backlog=64)  # noqa: S104 - the sandbox's own network
    names = found["udp", 53] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("0.0.0.0", 53))  # noqa: S104 - as above
    return found
