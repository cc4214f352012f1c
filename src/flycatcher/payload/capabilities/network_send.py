"""Sends data over a connection. ATT&CK T1095."""

from __future__ import annotations

from flycatcher.payload.rules import Calls, Rule

RULE = Rule(
    id="network.send",
    technique="T1095",
    points=5,
    sentence="sends data over a connection",
    calls={
        "python": (Calls("*.send *.sendall *.sendto *.sendfile"),),
        "perl": (Calls("send syswrite"),),
        "ruby": (Calls("*.print *.write *.puts *.send_data *.syswrite"),),
        "javascript": (Calls("*.write *.end *.send"),),
        "php": (Calls("fwrite fputs socket_write socket_send"),),
        "lua": (Calls("*.send"),),
    },
)
