"""Hides text in letters that show as nothing: variation selectors, tags, zero-width spaces. ATT&CK T1027."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="evasion.invisible-letters",
    technique="T1027",
    points=55,
    sentence="hides text in letters that nobody sees",
)
