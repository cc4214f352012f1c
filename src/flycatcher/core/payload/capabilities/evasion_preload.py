"""LD_PRELOAD. ATT&CK T1574.006."""

from __future__ import annotations

from flycatcher.core.payload.conditions import matches, negate
from flycatcher.core.payload.rules import Calls, Rule

_LIBRARY = r"(?:(?:(?:/usr)?/lib(?:64|32)?|/usr/local/lib|/opt)/(?:[\w+-][\w.+-]*/)*)?[\w+-][\w.+-]*\.so[\d.]*"
"""A library that a package manager put there, or that is looked for where it puts them."""
_INSTALLED = rf"^(?:{_LIBRARY})?$"
RULE = Rule(
    id="evasion.preload",
    technique="T1574.006",
    points=45,
    sentence="puts a library before all others",
    hints="ld_preload ld_audit dyld_insert",
    calls={"shell": (Calls("LD_PRELOAD= LD_AUDIT=", negate(matches(0, _INSTALLED))),)},
    values=rf"^LD_PRELOAD$|\bLD_(?:PRELOAD|AUDIT)=(?!{_LIBRARY}(?:[\s;\"']|$))|DYLD_INSERT_LIBRARIES",
)
