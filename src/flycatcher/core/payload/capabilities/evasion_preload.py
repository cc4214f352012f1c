"""LD_PRELOAD. ATT&CK T1574.006."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="evasion.preload",
    technique="T1574.006",
    points=45,
    sentence="puts a library before all others",
    hints="ld_preload ld_audit dyld_insert",
    calls={"shell": (Calls("LD_PRELOAD= LD_AUDIT="),)},
    values=r"^LD_PRELOAD$|\bLD_PRELOAD=|\bLD_AUDIT=|DYLD_INSERT_LIBRARIES",
)
