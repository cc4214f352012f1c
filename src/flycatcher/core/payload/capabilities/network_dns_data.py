"""Data of this machine in the names that are looked up. ATT&CK T1048.003, T1071.004."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_tainted, both, by_result, negate
from flycatcher.core.payload.rules import Calls, Rule

_DATA = any_tainted("environment", "all-environment", "file", "credential", "process", "host")
_OWN_ADDRESS = by_result(0, "socket.gethostname")
"""The machine's own name and nothing besides: how a program asks for its own address."""

RULE = Rule(
    id="network.dns-data",
    technique="T1048.003",
    points=50,
    sentence="sends data of this machine out in the names that it looks up",
    calls={
        "python": (
            Calls(
                "socket.gethostbyname socket.getaddrinfo dns.resolver.query dns.resolver.resolve",
                both(_DATA, negate(_OWN_ADDRESS)),
            ),
        ),
        "javascript": (
            Calls(
                "dns.lookup dns.resolve dns.resolve4 dns.resolve6 dns.resolveTxt Deno.resolveDns Bun.dns.lookup", _DATA
            ),
            Calls("dns.promises.lookup dns.promises.resolve dns/promises.lookup dns/promises.resolve", _DATA),
        ),
        "ruby": (Calls("Resolv.getaddress Addrinfo.getaddrinfo IPSocket.getaddress Socket.gethostbyname", _DATA),),
        "perl": (Calls("gethostbyname getaddrinfo", _DATA),),
        "php": (Calls("gethostbyname gethostbynamel dns_get_record checkdnsrr", _DATA),),
    },
    covers=frozenset({"network.dns", "discovery.system", "credentials.ci-tokens"}),
)
