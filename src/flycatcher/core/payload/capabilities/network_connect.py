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
                "paramiko.SSHClient().connect _socket.socket().connect ftplib.FTP().connect ftplib.FTP_TLS().connect "
                "multiprocessing.connection.Client xmlrpc.client.ServerProxy"
            ),
            Calls(
                "ftplib.FTP ftplib.FTP_TLS smtplib.SMTP smtplib.SMTP_SSL smtplib.LMTP imaplib.IMAP4 imaplib.IMAP4_SSL "
                "poplib.POP3 poplib.POP3_SSL nntplib.NNTP nntplib.NNTP_SSL logging.handlers.SocketHandler "
                "logging.handlers.DatagramHandler",
                lambda args, kwargs: bool(args or kwargs),
            ),
        ),
        "perl": (
            Calls(
                "connect IO::Socket::INET.new IO::Socket::IP.new IO::Socket::SSL.new IO::Socket.new "
                "IO::Socket::INET6.new Net::Telnet.new Net::FTP.new Net::SMTP.new Net::POP3.new Net::NNTP.new Net::Ping.new().ping"
            ),
        ),
        "ruby": (
            Calls(
                "TCPSocket.new TCPSocket.open Socket.tcp UDPSocket.new Socket.new().connect OpenSSL::SSL::SSLSocket.new "
                "Addrinfo.tcp().connect Addrinfo.udp().connect Net::FTP.new().connect Net::FTP.open Net::SMTP.start Net::POP3.start "
                "DRbObject.new_with_uri"
            ),
        ),
        "javascript": (
            Calls(
                "Bun.connect Deno.connect Deno.connectTls WebSocket net.connect net.createConnection tls.connect net.Socket().connect http.ClientRequest *.createConnection dgram.createSocket "
                "*.connect java.net.Socket"
            ),
        ),
        "php": (Calls("fsockopen pfsockopen socket_connect stream_socket_client ftp_connect ftp_ssl_connect"),),
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
