"""/etc/passwd. ATT&CK T1003.008, T1087.001."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="credentials.passwd",
    technique="T1003.008",
    points=20,
    sentence="reads the list of accounts",
    hints="/etc/passwd",
    values=r"^/etc/passwd$",
)
