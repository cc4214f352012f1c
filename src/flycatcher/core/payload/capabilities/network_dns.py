"""Looks names up that are made of data. ATT&CK T1071.004."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="network.dns",
    technique="T1071.004",
    points=15,
    sentence="carries data in name look-ups",
    calls={"shell": (Calls("dig nslookup"),)},
)
