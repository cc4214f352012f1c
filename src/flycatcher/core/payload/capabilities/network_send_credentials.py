"""Sends files that hold credentials over the network. ATT&CK T1048, T1552.001."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule
from flycatcher.core.payload.secrets import CREDENTIAL
from flycatcher.core.payload.senders import sends

RULE = Rule(
    id="network.send-credentials",
    technique="T1048",
    points=75,
    sentence="sends credentials to another host",
    calls=sends(CREDENTIAL),
    covers=frozenset({"network.post", "network.fetch", "file.read", "credentials.files"}),
)
