"""Serves files over the network. ATT&CK T1048.003."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches, negate
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="network.serve-files",
    technique="T1048.003",
    points=55,
    sentence="offers files to whoever connects",
    calls={
        "python": (
            Calls("http.server.test SimpleHTTPServer.test", negate(any_matches(r"^(?:127\.[\d.]+|localhost|::1)$"))),
            Calls(
                "http.server.SimpleHTTPRequestHandler http.server.HTTPServer "
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
