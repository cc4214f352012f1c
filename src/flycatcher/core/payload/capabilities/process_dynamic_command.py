"""Starts a program whose name only exists at run time. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="process.dynamic-command",
    technique="T1059",
    points=15,
    sentence="starts a program whose name is not in the text",
    covers=frozenset({"process.spawn"}),
)
