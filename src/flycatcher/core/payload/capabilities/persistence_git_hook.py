"""Git hooks. ATT&CK T1546."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="persistence.git-hook",
    technique="T1546",
    points=40,
    sentence="plants code in a repository's hooks or git's configuration",
    hints=".git/hooks core.",
    values=r"\.git/hooks/|core\.hooksPath|core\.fsmonitor|core\.sshCommand",
)
