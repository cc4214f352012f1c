"""Runs text fetched from the network: no copy stays behind to be looked at. ATT&CK T1105, T1059."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="network.download-and-execute",
    technique="T1105",
    points=60,
    sentence="runs what it fetches from the network",
    needs=(frozenset({"network.connect", "eval.dynamic"}),),
    covers=frozenset({"network.fetch", "eval.dynamic"}),
)
