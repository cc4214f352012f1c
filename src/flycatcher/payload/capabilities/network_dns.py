"""Looks names up that are made of data. ATT&CK T1071.004."""

from __future__ import annotations

from flycatcher.payload.rules import Calls, Rule
from flycatcher.payload.when import any_tainted

RULE = Rule(
    id="network.dns",
    technique="T1071.004",
    points=15,
    sentence="carries data in name look-ups",
    calls={
        "python": (
            Calls(
                "socket.gethostbyname socket.getaddrinfo dns.resolver.query dns.resolver.resolve",
                any_tainted("environment", "file", "credential", "process"),
            ),
        ),
        "javascript": (
            Calls(
                "dns.lookup dns.resolve dns.resolve4 dns.resolveTxt",
                any_tainted("environment", "file", "credential", "process"),
            ),
        ),
        "php": (Calls("gethostbyname dns_get_record", any_tainted("environment", "file", "credential")),),
        "shell": (Calls("dig nslookup"),),
    },
)
