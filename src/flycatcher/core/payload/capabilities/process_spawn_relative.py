"""Starts a program of the working directory. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="process.spawn-relative",
    technique="T1059",
    points=15,
    sentence="starts a program of the directory that it happens to run in",
    covers=frozenset({"process.spawn"}),
)
