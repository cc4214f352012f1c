"""Runs commands that another host sends. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="process.remote-command",
    technique="T1059",
    points=60,
    sentence="runs commands that come over the network",
    calls={"php": (Calls("call-by-request"),)},
    covers=frozenset({"process.spawn", "process.dynamic-command"}),
)
