"""Listens for connections. ATT&CK T1571."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import any_matches, matches, negate
from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value


def _any_port(args: Sequence[Value], _kwargs: Mapping[str, Value]) -> bool:
    """Port 0 lets the kernel choose a free one: what nobody can know nobody connects to, unless it is listened on."""
    data = args[0].data if args else None
    return isinstance(data, list) and len(data) > 1 and data[1].data == 0


RULE = Rule(
    id="network.listen",
    technique="T1571",
    points=15,
    hints="/inet",
    values=r"^/inet[46]?/(?:tcp|udp)/[^0/][^/]*/0/0",
    sentence="waits for connections from the network",
    calls={
        "python": (
            Calls("socket.socket().bind", negate(_any_port)),
            Calls(
                "socket.socket().listen socket.create_server "
                "socketserver.TCPServer SocketServer.TCPServer asyncio.start_server "
                "socketserver.ThreadingTCPServer"
            ),
        ),
        "perl": (
            Calls("listen"),
            Calls("accept"),
            Calls(
                "IO::Socket::INET.new IO::Socket::IP.new IO::Socket::SSL.new", any_matches(r"(?i)^Listen$|^LocalPort$")
            ),
        ),
        "ruby": (
            Calls("TCPServer.new TCPServer.open Socket.tcp_server_loop Socket.tcp_server_sockets UNIXServer.new"),
        ),
        "javascript": (
            Calls(
                "Bun.listen Bun.serve Deno.listen Deno.serve net.createServer tls.createServer *.listen java.net.ServerSocket"
            ),
        ),
        "php": (Calls("socket_bind socket_listen socket_create_listen stream_socket_server"),),
        "lua": (Calls("socket.bind *.listen *.bind"),),
        "r": (
            Calls("socketConnection", any_matches("server")),
            Calls("serverSocket"),
        ),
        "julia": (Calls("listen Sockets.listen"),),
        "tcl": (Calls("socket", matches(0, "^-server$")),),
    },
)
