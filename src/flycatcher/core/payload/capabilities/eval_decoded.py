"""Runs text that was encoded, so that nobody reads it. ATT&CK T1140, T1027."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="eval.decoded",
    technique="T1140",
    points=45,
    sentence="runs text that it first decodes",
    covers=frozenset({"eval.dynamic"}),
)
