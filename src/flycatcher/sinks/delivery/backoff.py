"""How long to wait before a receiver is tried again."""

from __future__ import annotations

import random

FIRST, LONGEST = 0.5, 60.0
"""Seconds: the first pause, and the longest one that we choose ourselves."""
OBEYED = 3600.0
"""Seconds that a receiver may ask for (Retry-After)."""


def pause(failures: int, asked: float | None = None) -> float:
    """Return seconds to wait after so many failures in a row: doubled each time, with jitter; never less than was asked for.

    Jitter lies between a half and the whole, so that many senders do not come back at the same moment.
    """
    doubled: float = min(LONGEST, FIRST * 2 ** min(failures - 1, 10))
    chosen = doubled * random.uniform(0.5, 1)  # noqa: S311 - nothing secret
    return chosen if asked is None else max(chosen, min(asked, OBEYED))
