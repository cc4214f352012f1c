"""Runs text that the analysis cannot know. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="eval.dynamic",
    technique="T1059",
    points=15,
    sentence="runs text that only exists at run time",
)
