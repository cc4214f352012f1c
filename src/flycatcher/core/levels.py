"""The risk levels: their names, their order, the scores at which they begin, and what may be asked of them."""

from __future__ import annotations

from typing import Literal, get_args

Level = Literal["none", "low", "medium", "high", "critical"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""From the least to the worst."""
ANY = "all"
"""Beside the levels, what an option that acts on detections takes: every detection, whatever its level."""
STARTS: dict[Level, int] = {"none": 0, "low": 1, "medium": 25, "high": 50, "critical": 80}
"""The score at which a level begins."""


def level_of(score: int) -> Level:
    """Return the level of a score from 0 to 100."""
    return next(level for level in reversed(LEVELS) if score >= STARTS[level])


def at_least(level: str, wanted: str) -> bool:
    """Whether a level is the wanted one or a worse one; :data:`ANY` wants all."""
    return wanted == ANY or LEVELS.index(level) >= LEVELS.index(wanted)
