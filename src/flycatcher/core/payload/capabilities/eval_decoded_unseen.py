"""Text that is decoded on its way to an interpreter, and that nobody sees before. ATT&CK T1140."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="eval.decoded-unseen",
    technique="T1140",
    points=25,
    sentence="hands what a command decodes to an interpreter",
)
