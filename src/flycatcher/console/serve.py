"""Serving the console: one process, one address."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NamedTuple

import uvicorn

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_SHUTDOWN = 3
"""Seconds that a stop waits for answers under way."""
_CONNECTIONS = 512


class Listening(NamedTuple):
    """An address that is bound."""

    socket: socket.socket
    host: str
    port: int


def listen(host: str, port: int) -> Listening:
    """Bind an address, port 0 for any free one. Raises FlycatcherError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen()  # who follows the address before the server is ready waits, and is not refused
    except OSError as error:
        made.close()
        raise FlycatcherError(
            f"{host}:{port}: {error.strerror or error}", hint="choose another one with --listen"
        ) from error
    return Listening(made, host, made.getsockname()[1])


def serve(app: ASGIApp, where: Listening, certificate: str = "", key: str = "") -> None:
    """Answer until a signal ends it."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ssl_certfile=certificate or None,
        ssl_keyfile=key or None,
        timeout_graceful_shutdown=_SHUTDOWN,
        limit_concurrency=_CONNECTIONS,
        h11_max_incomplete_event_size=64 << 10,
    )
    uvicorn.Server(config).run(sockets=[where.socket])
