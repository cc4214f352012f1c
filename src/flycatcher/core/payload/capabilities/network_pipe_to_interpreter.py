"""A command fetches text that an interpreter runs unseen (curl | sh). ATT&CK T1105."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="network.pipe-to-interpreter",
    technique="T1105",
    points=15,
    sentence="hands what a command fetches to an interpreter",
)
