"""Bounds in steps instead of seconds: the calls that a piece of work makes are counted, the same on every machine."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@contextmanager
def at_most(limit: int) -> Iterator[list[int]]:
    """Fail as soon as the work inside makes more calls than this, of Python's functions and of C's; yields the count."""
    count = [0]

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        if event in ("call", "c_call"):
            count[0] += 1
            if count[0] > limit:
                sys.setprofile(None)
                raise AssertionError(f"more than {limit:,} calls")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        yield count
    finally:
        sys.setprofile(before)
