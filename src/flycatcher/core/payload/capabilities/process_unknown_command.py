"""Runs a command that is not in the text. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="process.unknown-command",
    technique="T1059",
    points=50,
    sentence="runs a command that comes from a variable or from input",
    covers=frozenset({"process.spawn", "process.dynamic-command"}),
)
