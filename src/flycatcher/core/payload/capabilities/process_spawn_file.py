"""Starts a program file that no package manager put there. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="process.spawn-file",
    technique="T1059",
    points=50,
    sentence="starts a program by a path outside the system directories",
    covers=frozenset({"process.spawn"}),
)
