"""Sends files that hold credentials over the network. ATT&CK T1048, T1552.001."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="network.send-credentials",
    technique="T1048",
    points=65,
    sentence="sends a file that holds credentials to another host",
    covers=frozenset({"network.post", "network.fetch", "credentials.files"}),
)
