"""Opens a connection to another host. ATT&CK T1095."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches, matches
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="network.connect",
    technique="T1095",
    points=15,
    hints="/inet",
    values=r"^/inet[46]?/(?:tcp|udp)/0/",
    sentence="connects to another host",
    nearby="network.loopback",
    calls={
        "python": (
            Calls(
                "socket.socket().connect socket.socket().connect_ex socket.create_connection "
                "asyncio.open_connection ssl.wrap_socket().connect telnetlib.Telnet "
                "paramiko.SSHClient().connect"
            ),
        ),
        "perl": (
            Calls(
                "connect IO::Socket::INET.new IO::Socket::IP.new IO::Socket::SSL.new IO::Socket.new "
                "IO::Socket::INET6.new Net::Telnet.new"
            ),
        ),
        "ruby": (
            Calls(
                "TCPSocket.new TCPSocket.open Socket.tcp UDPSocket.new Socket.new().connect OpenSSL::SSL::SSLSocket.new"
            ),
        ),
        "javascript": (
            Calls(
                "Bun.connect Deno.connect Deno.connectTls WebSocket net.connect net.createConnection tls.connect net.Socket().connect dgram.createSocket "
                "*.connect java.net.Socket"
            ),
        ),
        "php": (Calls("fsockopen pfsockopen socket_connect stream_socket_client"),),
        "lua": (Calls("socket.tcp().connect socket.connect socket.connect4 *.connect"),),
        "r": (Calls("socketConnection make.socket"),),
        "julia": (Calls("connect Sockets.connect"),),
        "tcl": (Calls("socket"),),
        "elixir": (Calls(":gen_tcp.connect"),),
        "erlang": (Calls("gen_tcp:connect"),),
        "groovy": (Calls("Socket java.net.Socket"),),
        "powershell": (Calls("System.Net.Sockets.TcpClient System.Net.Sockets.TCPClient Net.Sockets.TcpClient"),),
        "emacs-lisp": (Calls("open-network-stream make-network-process"),),
        "scheme": (Calls("connect"),),
        "vimscript-expression": (Calls("ch_open sockconnect"),),
        "shell": (
            Calls("nc ncat netcat socat telnet ztcp"),
            Calls("openssl", any_matches("^s_client$")),
            Calls(">& <> &> > < <& >> &>>", matches(0, "^/dev/(?:tcp|udp)/")),
        ),
    },
    uses={"powershell": "system.net.sockets.tcpclient net.sockets.tcpclient system.net.sockets.socket"},
)
