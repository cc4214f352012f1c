"""Text from a variable of the environment or from standard input run as code. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="eval.from-input",
    technique="T1059",
    points=45,
    sentence="runs program text that comes from a variable of the environment or from input",
    covers=frozenset({"eval.dynamic"}),
)
