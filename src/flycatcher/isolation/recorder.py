"""Servers that answer like a mirror that has nothing, and write down who is asked for what.

A resolver that gives each name an address of its own below 127.0.0.0/8, and a server on some ports that answers every request
of HTTP with 404, refuses TLS after the name in its greeting is read, and takes what else is sent. Sources: RFC 1035, RFC 9112,
RFC 8446 (4.1.2), RFC 6066 (3).
"""

from __future__ import annotations

import asyncio
import signal
from typing import IO, TYPE_CHECKING, cast

import msgspec
from msgspec import Struct

from flycatcher.isolation import requests

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    Search = Callable[[str], list[str]]
    """Returns the names of the decoys whose value stands in a text."""

PORTS = (53, 21, 22, 25, 80, 443, 587, 3000, 3128, 4444, 4873, 5000, 8000, 8080, 8081, 8443, 8888, 9418)
"""Ports on which something listens: DNS, FTP, SSH, mail, HTTP, TLS, proxies, registries, git, and what reverse shells like."""
_DNS = 53
LIMIT = 1 << 20
"""Bytes of one connection that are searched; what follows is counted."""
MOST = 10_000
"""Contacts that are written down."""
_OPEN = 128
"""Connections that are served at once."""
_IDLE = 5.0
"""Seconds after which a connection that sends nothing is closed."""
_BLOCK = 1 << 16


class Contact(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that the sandbox's network was asked."""

    kind: str
    """``name``, ``http``, ``tls``, or ``data`` for what is neither."""
    host: str = ""
    """The name, as it was asked for or is known by its address; else the address."""
    port: int = 0
    method: str = ""
    """Of HTTP; of a name the type that is asked for: ``A``."""
    path: str = ""
    sent: int = 0
    """Bytes that came, but for those of a name's question."""
    decoys: tuple[str, ...] = ()
    """Decoys whose value was among them."""


def serve(sockets: Mapping[tuple[str, int], socket.socket], report: IO[bytes], search: Search) -> None:
    """Serve until SIGTERM; write a contact a line."""
    asyncio.run(_Recorder(report, search).run(sockets))


class _Recorder:
    """All servers."""

    def __init__(self, report: IO[bytes], search: Search) -> None:
        self._report, self._search = report, search
        self._names = requests.Names()
        self._count = 0
        self._busy = asyncio.Semaphore(_OPEN)
        self._open: set[asyncio.Task[None]] = set()

    async def run(self, sockets: Mapping[tuple[str, int], socket.socket]) -> None:
        """Serve until SIGTERM, then until the connections that are open have ended, or had their time."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        loop.add_signal_handler(signal.SIGTERM, stop.set)
        for (kind, port), each in sockets.items():
            if kind == "udp":
                await loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=each)
            else:
                served = self._dns if port == _DNS else self._connection
                await asyncio.start_server(served, sock=each, limit=_BLOCK)
        await stop.wait()
        if self._open:
            await asyncio.wait(self._open, timeout=_IDLE)

    def question(self, data: bytes) -> bytes | None:
        """Answer a message of DNS, None for what is none."""
        asked = requests.question(data)
        if asked is None:
            return None
        self._write(
            Contact(
                kind="name",
                host=asked.name,
                method=asked.type,
                decoys=self._found(asked.name, asked.name.replace(".", "")),
            )
        )
        return requests.answer(data, asked, self._names.address(asked.name))

    async def _dns(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                size = int.from_bytes(await asyncio.wait_for(reader.readexactly(2), _IDLE), "big")
                answer = self.question(await asyncio.wait_for(reader.readexactly(size), _IDLE))
                if answer is None:
                    return
                writer.write(len(answer).to_bytes(2, "big") + answer)
                await asyncio.wait_for(writer.drain(), _IDLE)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        address, port = writer.get_extra_info("sockname")[:2]
        data, total, answered = bytearray(), 0, False
        try:
            async with self._busy:
                while block := await asyncio.wait_for(reader.read(_BLOCK), _IDLE):
                    total += len(block)
                    data += block[: max(0, LIMIT - len(data))]
                    answered = await _answer(data, total, writer)
                    if answered:
                        break
        except (OSError, TimeoutError):
            pass
        finally:
            self._write(self._contact(bytes(data), total, self._names.name(address), port))
            writer.close()

    def _contact(self, data: bytes, total: int, host: str, port: int) -> Contact:
        """Return what a connection was."""
        found = self._found(data.decode("latin-1"))
        request = requests.request(data)
        if request is not None:
            name = request.host or host
            return Contact(
                kind="http", host=name, port=port, method=request.method, path=request.path, sent=total, decoys=found
            )
        if data[:1] == requests.HANDSHAKE:
            return Contact(kind="tls", host=requests.server_name(data) or host, port=port, sent=total, decoys=found)
        return Contact(kind="data", host=host, port=port, sent=total, decoys=found)

    def _found(self, *texts: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for text in texts for name in self._search(text)))

    def _write(self, contact: Contact) -> None:
        self._count += 1
        if self._count <= MOST:
            self._report.write(msgspec.json.encode(contact) + b"\n")


async def _answer(data: bytearray, total: int, writer: asyncio.StreamWriter) -> bool:
    """Answer what has come so far; whether there is nothing more to wait for."""
    if data[:1] == requests.HANDSHAKE:
        writer.write(requests.REFUSED if requests.is_whole_greeting(data) else b"")
        return requests.is_whole_greeting(data)
    request = requests.request(bytes(data[: requests.HEAD_LIMIT]))
    if request is None:
        return False
    if total < request.length:
        if request.continues and total == request.head:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return False
    if request.chunked and not data.endswith(b"0\r\n\r\n") and total < LIMIT:
        return False
    writer.write(requests.NOT_FOUND)
    await asyncio.wait_for(writer.drain(), _IDLE)
    return True


class _Datagrams(asyncio.DatagramProtocol):
    """DNS over UDP."""

    def __init__(self, recorder: _Recorder) -> None:
        self._recorder = recorder

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one."""
        answer = self._recorder.question(data)
        if answer is not None:
            self._transport.sendto(answer, addr)
