"""Program text that anybody on the way can change, straight into an interpreter. ATT&CK T1105, T1557."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="network.unverified-code",
    technique="T1105",
    points=25,
    sentence="runs what it fetches without a way to tell who wrote it",
    needs=(
        frozenset({"network.pipe-to-interpreter", "network.cleartext"}),
        frozenset({"network.download-and-execute", "network.cleartext"}),
        frozenset({"network.download-and-execute", "network.no-verification"}),
        frozenset({"network.download-and-execute", "network.connect"}),
    ),
)
