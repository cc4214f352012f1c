"""Syslog by RFC 5424: over UDP (RFC 5426), TCP with octet counting (RFC 6587, 3.4.1), TLS (RFC 5425), or the local socket.

UDP and the local socket tell nothing of a message that did not arrive. Syslog over TCP and TLS has no answer either; but a
receiver that has read everything closes an ended connection in order, and one that has not resets it (RFC 9293, 3.10.4). So each
batch has a connection of its own, and counts as delivered once that is closed in order (the option ``confirm``).
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from msgspec import Struct

from flycatcher.sinks.message import Unavailable, rfc3339
from flycatcher.sinks.transports.address import host_and_port
from flycatcher.sinks.transports.tls import tls_context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message

_SEVERITIES = {"none": 6, "low": 5, "medium": 4, "high": 3, "critical": 2}
_AUDIT = 13
"""The facility ``log audit``."""
_PORTS = {"syslog+udp": 514, "syslog+tcp": 601, "syslog+tls": 6514}
_ENTERPRISE = 32473
"""The number that RFC 5612 keeps for documentation: the product has none of its own."""
_DATAGRAM = 8192
"""Bytes that a datagram may have; RFC 5426 promises 2,048, most receivers take this."""


class Syslog:
    """``to = "syslog+tls://host:6514"``, ``syslog+tcp://``, ``syslog+udp://``, ``syslog+unix:///dev/log``."""

    schemes: ClassVar = ("syslog+udp", "syslog+tcp", "syslog+tls", "syslog+unix")
    format: ClassVar = "cef"
    most: ClassVar = 500
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        facility: int = _AUDIT
        app: str = "flycatcher"
        confirm: bool = True
        """Over TCP and TLS, one connection a batch; false: one for all, in which a break loses what is on its way."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Read the address. Raises FlycatcherError."""
        parts = urlsplit(destination.to)
        self._destination, self._options, self._scheme = destination, options, parts.scheme
        if parts.scheme != "syslog+unix":
            self._host, port = host_and_port(destination)
            self._port = port or _PORTS[parts.scheme]
        self._path = parts.path or "/dev/log"
        self._socket: socket.socket | None = None

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send all."""
        refused = {}
        try:
            connection = self._socket = self._socket or self._connect()
            for number, message in enumerate(messages):
                line = self._line(message)
                if self._is_stream:
                    connection.sendall(b"%d %s" % (len(line), line))
                elif len(line) > _DATAGRAM and self._scheme == "syslog+udp":
                    refused[number] = f"{len(line)} bytes are more than a datagram takes; use syslog+tcp or syslog+tls"
                else:
                    connection.send(line)
            if self._is_stream and self._options.confirm:
                self._confirm(connection)
                self._drop()
        except OSError as error:
            self._drop()
            raise Unavailable(f"{type(error).__name__}: {error}") from error
        return refused

    @property
    def _is_stream(self) -> bool:
        return self._scheme in {"syslog+tcp", "syslog+tls"}

    def _confirm(self, connection: socket.socket) -> None:
        """End our side, and wait for the receiver to end its own. Raises OSError where it resets the connection, or does not."""
        connection.settimeout(self._destination.timeout)
        import ssl  # noqa: PLC0415 - takes a while, and most transports go without

        if isinstance(connection, ssl.SSLSocket):
            try:
                connection = connection.unwrap()
            except ssl.SSLEOFError:
                return  # closed in order, without TLS's own word for it
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1024):
            pass

    def _connect(self) -> socket.socket:
        timeout = self._destination.timeout
        if self._scheme == "syslog+unix":
            made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            made.settimeout(timeout)
            made.connect(self._path)
            return made
        if self._scheme == "syslog+udp":
            family, kind, protocol, _, address = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)[0]
            made = socket.socket(family, kind, protocol)
            made.connect(address)
            return made
        plain = socket.create_connection((self._host, self._port), timeout)
        if self._scheme == "syslog+tcp":
            return plain
        try:
            return tls_context(self._destination).wrap_socket(plain, server_hostname=self._host)
        except OSError:
            plain.close()
            raise

    def _line(self, message: Message) -> bytes:
        """Return the message: header, structured data with the id and the kind, and the body as UTF-8."""
        event = message.event
        priority = self._options.facility * 8 + _SEVERITIES[event.level]
        data = f'[flycatcher@{_ENTERPRISE} id="{event.uid}" kind="{event.kind}" level="{event.level}"]'
        names = f"{_name(event.host, 255)} {_name(self._options.app, 48)} - {_name(event.kind, 32)}"
        head = f"<{priority}>1 {rfc3339(event.time)} {names} {data} "
        bom = b"" if message.body.isascii() else b"\xef\xbb\xbf"
        return head.encode() + bom + message.body.rstrip(b"\n").replace(b"\n", b" ")

    def _drop(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
        self._socket = None

    def close(self) -> None:
        """Close the connection."""
        self._drop()


def _name(text: str, limit: int) -> str:
    """Return a header field: printable ASCII without blanks (RFC 5424, 6)."""
    return "".join(each if "!" <= each <= "~" else "_" for each in text)[:limit] or "-"


TRANSPORT = Syslog
