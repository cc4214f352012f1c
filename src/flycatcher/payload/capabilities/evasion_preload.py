"""LD_PRELOAD. ATT&CK T1574.006."""

from __future__ import annotations

from flycatcher.payload.rules import Rule

RULE = Rule(
    id="evasion.preload",
    technique="T1574.006",
    points=40,
    sentence="puts a library before all others",
    hints="ld_preload ld_audit dyld_insert",
    values=r"^LD_PRELOAD$|\bLD_PRELOAD=|\bLD_AUDIT=|DYLD_INSERT_LIBRARIES",
)
