"""History. ATT&CK T1070.003."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _clears(words: Sequence[str]) -> bool:
    """``history -c``, ``unset HISTFILE``."""
    name = words[0].rpartition("/")[2]
    return (name == "history" and "-c" in words) or (name == "unset" and any(w.startswith("HIST") for w in words[1:]))


RULE = Rule(
    id="evasion.history",
    technique="T1070.003",
    points=35,
    sentence="clears or switches off the shell history",
    hints="hist",
    values=r"\b(?:HISTFILE|HISTSIZE|HISTFILESIZE)=(?:/dev/null|0\b|$)",
    commands=_clears,
)
