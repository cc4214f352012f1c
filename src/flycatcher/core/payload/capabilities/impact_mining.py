"""Miners. ATT&CK T1496."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="impact.mining",
    technique="T1496",
    points=60,
    sentence="mines cryptocurrency",
    hints="stratum xmrig minexmr donate-level cryptonight",
    values=r"(?i)stratum\+(?:tcp|ssl)://|\bxmrig\b|minexmr|--donate-level|cryptonight",
)
