"""Sends a secret of the environment over the network, in an address or a request's body. ATT&CK T1041."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule
from flycatcher.core.payload.secrets import SECRET
from flycatcher.core.payload.senders import sends

RULE = Rule(
    id="network.send-secret",
    technique="T1041",
    points=60,
    sentence="sends a secret of the environment to another host",
    calls=sends(SECRET),
    covers=frozenset({"network.post", "network.fetch", "credentials.ci-tokens"}),
)
