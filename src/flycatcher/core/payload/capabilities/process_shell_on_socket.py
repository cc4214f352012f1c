"""A shell whose streams are descriptors that the program opened. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="process.shell-on-socket",
    technique="T1059",
    points=60,
    sentence="starts a shell on a numbered descriptor: a connection's",
    hints="sh",
    values=r"(?:^|[\s;|/])(?:ba|da|z|k|a)?sh\b[^|;]{0,24}(?:[0-9]?[<>]&\s?[3-9]\b)",
)
