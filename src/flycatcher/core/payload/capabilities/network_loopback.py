"""Opens a connection to the host itself: a test server, a database, a tunnel's near end. ATT&CK T1095."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="network.loopback",
    technique="T1095",
    points=5,
    sentence="connects to a program on the same host",
)
