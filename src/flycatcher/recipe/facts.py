"""The facts of the recipe, the same in every record. Source: MITRE ATT&CK (tactic TA0002, technique T1059)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ID = "code_on_the_fly"
DESCRIPTION = "Code on the fly"
CATEGORY = "Execution"
TACTIC = "TA0002"
METHOD = "Command and Scripting Interpreter"
TECHNIQUE = "T1059"
MECHANISM = "execution"
IMPORTANCE = "critical"
"""How much the recipe matters. It never changes; how much one detection should worry its reader is its risk."""

TECHNIQUES: Mapping[str, str] = MappingProxyType(
    {
        "python": "T1059.006",
        "javascript": "T1059.007",
        "shell": "T1059.004",
        "lua": "T1059.011",
        "powershell": "T1059.001",
        "applescript": "T1059.002",
    }
)
"""Sub-techniques by language; a language that is not here has none of its own."""


def technique(language: str) -> str:
    """Return the ATT&CK id of running code of ``language``."""
    return TECHNIQUES.get(language, TECHNIQUE)
