"""Fork bombs. ATT&CK T1499.001."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="impact.fork-bomb",
    technique="T1499.001",
    points=45,
    sentence="starts copies of itself without end",
    calls={"shell": (Calls("fork-bomb"),)},
)
