"""Receivers on loopback that record what arrives, and that can refuse, stall, break and answer nonsense."""

from __future__ import annotations

import contextlib
import http.server
import socket
import struct
import subprocess
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path


class Request(NamedTuple):
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """What to answer; ``raw``: these bytes in the place of an answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None


class HttpReceiver:
    """A server whose answers a function chooses; ``requests`` is all that arrived."""

    def __init__(self, answer: Callable[[Request], Answer] = lambda _: Answer()) -> None:
        self.requests: list[Request] = []
        self.refused: list[Request] = []
        """Those that were not answered with a success."""
        self.answer = answer
        self.arrived = threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body are written apart: the second would wait for an ACK

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {key.lower(): value for key, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                with receiver.arrived:
                    receiver.requests.append(request)
                    answer = receiver.answer(request)
                    if answer.raw is not None or answer.status >= 300:
                        receiver.refused.append(request)
                    receiver.arrived.notify_all()
                if answer.raw is not None:
                    self.wfile.write(answer.raw)
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for key, value in answer.headers:
                    self.send_header(key, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_PUT = do_PATCH = do_GET = do_POST  # noqa: N815 - http.server calls them so

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """A sender that was killed is part of the tests."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def wait_for(self, count: int, seconds: float = 20) -> list[Request]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, seconds), self.requests
            return list(self.requests)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown()
            self._server.server_close()


def by_turns(*answers: Answer) -> Callable[[Request], Answer]:
    """Answer with each in turn, then with the last one for ever."""
    left = list(answers)

    def answer(_: Request) -> Answer:
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


class StreamReceiver:
    """Takes frames with octet counting (RFC 6587), over TLS where a context is given; ``resets`` connections are broken unread."""

    def __init__(
        self, context: ssl.SSLContext | None = None, resets: int = 0, breaks: Callable[[], bool] = lambda: False
    ) -> None:
        self.frames: list[bytes] = []
        self.connections = 0
        self._context, self._resets, self._breaks = context, resets, breaks
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            if self.connections <= self._resets or self._breaks():
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.recv(1)
                connection.close()
                continue
            with contextlib.suppress(OSError), connection:
                stream = self._context.wrap_socket(connection, server_side=True) if self._context else connection
                data = b""
                while part := stream.recv(65536):
                    data += part
                self._read(data)
                if self._context:
                    with contextlib.suppress(OSError):
                        stream.unwrap()  # type: ignore[union-attr]
                stream.close()

    def _read(self, data: bytes) -> None:
        while data:
            length, _, rest = data.partition(b" ")
            if not rest or len(rest) < int(length):
                return  # the sender gave up in the middle of it
            self.frames.append(rest[: int(length)])
            data = rest[int(length) :]

    def close(self) -> None:
        self._server.close()


def certificate_in(folder: Path) -> Path:
    """Make a certificate of 127.0.0.1, its own authority, in a folder, as cert.pem and key.pem."""
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=loopback -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        ["openssl", *words.split(), "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )
    return folder
