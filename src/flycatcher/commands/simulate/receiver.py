"""A receiver of what a webhook sink posts: ``--expect http:ADDRESS`` asks whether a detection arrives, and how late."""

from __future__ import annotations

import gzip
import io
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socket import AF_INET, AF_INET6
from typing import TYPE_CHECKING, Any, Self

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT = 16 << 20
"""Bytes of a request's body, packed or not."""
TOTAL = 256 << 20
"""Bytes of all bodies together."""
_HINT = "http:HOST:PORT, http:PORT on loopback, or http://HOST:PORT/any/path"


class Receiver:
    """Listens while it is open, and keeps each JSON object that is posted, with its time of arrival."""

    def __init__(self, address: str, *, allow_remote: bool = False) -> None:
        """Nothing is opened before ``with``. Raises FlycatcherError for an address that is none, or not on loopback."""
        self.host, self.port = _address(address)
        self.rows: list[tuple[float | None, dict[str, Any]]] = []
        self._arrived = threading.Condition()
        self._bytes = 0
        if not allow_remote and not ip_address(self.host).is_loopback:
            raise FlycatcherError(
                f"http:{address} is reached by other machines", hint="--allow-remote says that this is meant", code=2
            )

    def __enter__(self) -> Self:
        family = AF_INET6 if ":" in self.host else AF_INET
        server = type("Server", (ThreadingHTTPServer,), {"address_family": family, "allow_reuse_address": True})
        handler = type("Handler", (_Posts,), {"receiver": self})
        try:
            self._server = server((self.host, self.port), handler)
        except OSError as error:
            raise FlycatcherError(
                f"http:{self.host}:{self.port}: cannot listen: {error.strerror}", hint=_HINT, code=2
            ) from error
        threading.Thread(target=self._server.serve_forever, name="receiver", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, body: bytes) -> int:
        """Keep the objects of a body; return the status to answer with."""
        now = time.time()
        try:
            found = list(_objects(body))
        except (ValueError, RecursionError):
            return 400
        with self._arrived:
            if self._bytes + len(body) > TOTAL:
                return 507
            self._bytes += len(body)
            self.rows += [(now, row) for row in found]
            self._arrived.notify_all()
        return 204

    def wait(self, markers: Iterable[str], seconds: float) -> None:
        """Wait until each marker has arrived, or the time is over."""
        missing, looked = set(markers), 0

        def complete() -> bool:
            nonlocal looked
            for _, row in self.rows[looked:]:
                text = json.dumps(row)
                missing.difference_update([marker for marker in missing if marker in text])
            looked = len(self.rows)
            return not missing

        with self._arrived:
            self._arrived.wait_for(complete, seconds)


def _address(text: str) -> tuple[str, int]:
    """Return host and port of ``HOST:PORT`` or ``PORT``, with or without ``//`` and a path. Raises FlycatcherError."""
    place = text.removeprefix("//").partition("/")[0]
    host, _, port = place.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    host = "127.0.0.1" if host in {"", "localhost"} else host
    try:
        ip_address(host)
        number = int(port) if port.isascii() and port.isdigit() else 0
    except ValueError:
        number = 0
    if not 0 < number < 1 << 16:
        raise FlycatcherError(f"http:{text}: no address", hint=_HINT, code=2)
    return host, number


def _objects(body: bytes) -> list[dict[str, Any]]:
    """Return the objects of a body: one, a list of them, or one a line. Raises ValueError."""
    try:
        whole = json.loads(body)
    except ValueError:
        whole = [json.loads(line) for line in body.split(b"\n") if line.strip()]
    return [row for row in (whole if isinstance(whole, list) else [whole]) if isinstance(row, dict)]


class _Posts(BaseHTTPRequestHandler):
    """Takes POST and PUT at any path."""

    receiver: Receiver
    protocol_version = "HTTP/1.1"
    timeout = 30.0
    server_version, sys_version = "flycatcher", ""

    def do_POST(self) -> None:
        """Take a body."""
        status, body = self._body()
        self._answer(self.receiver.take(body) if status == 0 else status)

    do_PUT = do_POST  # noqa: N815 - the base class's name

    def _body(self) -> tuple[int, bytes]:
        """Return 0 and the body, unpacked; otherwise the status to refuse it with."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return 411, b""
        if len(length) > len(str(LIMIT)) or int(length) > LIMIT:
            return 413, b""
        body = self.rfile.read(int(length))
        if self.headers.get("Content-Encoding", "") != "gzip":
            return 0, body
        try:
            body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(LIMIT + 1)
        except (OSError, EOFError, ValueError):
            return 400, b""
        return (413, b"") if len(body) > LIMIT else (0, body)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", "0")
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Print nothing: who posts could fill a disk."""
