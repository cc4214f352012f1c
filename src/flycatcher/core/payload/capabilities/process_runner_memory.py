"""The memory of a CI runner holds every secret of the job. ATT&CK T1003.007."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="process.runner-memory",
    technique="T1003.007",
    points=70,
    sentence="looks for a CI runner's process to read its secrets",
    hints="runner.",
    values=r"Runner\.(?:Worker|Listener)",
)
