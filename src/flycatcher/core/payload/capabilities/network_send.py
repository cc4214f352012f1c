"""Sends data over a connection. ATT&CK T1095."""

from __future__ import annotations

from flycatcher.core.payload.conditions import tainted
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="network.send",
    technique="T1095",
    points=5,
    sentence="sends data over a connection",
    calls={
        "python": (Calls("*.send *.sendall *.sendto *.sendfile"),),
        "perl": (Calls("send syswrite"),),
        "ruby": (
            Calls(
                "TCPSocket.new().print TCPSocket.new().write TCPSocket.new().puts "
                "TCPSocket.open().print TCPSocket.open().write"
            ),
        ),
        "javascript": (
            Calls(
                "net.connect().write net.connect().end http.request().write http.request().end https.request().write"
            ),
        ),
        "php": (Calls("fwrite fputs socket_write socket_send", tainted(0, "network")),),
        "lua": (Calls("*.send"),),
    },
)
