"""sudoers. ATT&CK T1548.003."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="privilege.sudoers",
    technique="T1548.003",
    points=50,
    sentence="changes who may become root",
    hints="sudoers nopasswd:",
    values=r"/etc/sudoers|NOPASSWD:",
)
