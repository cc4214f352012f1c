"""Serves files over the network. ATT&CK T1048.003."""

from __future__ import annotations

from flycatcher.payload.rules import Calls, Rule

RULE = Rule(
    id="network.serve-files",
    technique="T1048.003",
    points=55,
    sentence="offers files to whoever connects",
    calls={
        "python": (
            Calls(
                "http.server.SimpleHTTPRequestHandler http.server.test http.server.HTTPServer "
                "http.server.ThreadingHTTPServer BaseHTTPServer.HTTPServer SimpleHTTPServer.test "
                "ftplib.FTP_server pyftpdlib.servers.FTPServer *.serve_forever"
            ),
        ),
        "ruby": (
            Calls("httpd WEBrick::HTTPServer.new"),
            Calls("WEBrick::HTTPServer"),
        ),
    },
    uses={"ruby": "httpd"},
    covers=frozenset({"network.listen"}),
)
