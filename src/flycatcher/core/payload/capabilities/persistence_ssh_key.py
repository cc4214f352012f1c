"""authorized_keys. ATT&CK T1098.004."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="persistence.ssh-key",
    technique="T1098.004",
    points=50,
    sentence="touches the list of keys that may log in",
    hints="authorized_keys",
    values=r"authorized_keys",
)
