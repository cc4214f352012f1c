"""The garbage collector of a process that works for long: what is loaded for good is not looked at again and again."""

from __future__ import annotations

import gc

YOUNG = 100_000
"""Containers that are made, less those that are freed, before the collector looks at the youngest."""


def spare_collections() -> None:
    """Let the garbage collector leave alone what is loaded for good, and look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 100)
