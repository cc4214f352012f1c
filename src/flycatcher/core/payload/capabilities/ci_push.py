"""git push. ATT&CK T1195.002."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _pushes(words: Sequence[str]) -> bool:
    """``git push``."""
    return words[0].rpartition("/")[2] == "git" and "push" in words[1:4]


RULE = Rule(
    id="ci.push",
    technique="T1195.002",
    points=25,
    sentence="pushes commits",
    commands=_pushes,
)
