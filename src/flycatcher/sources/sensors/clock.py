"""The clocks that kernel records are dated by: nanoseconds since boot, clock ticks, and RFC 3339 for people."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from functools import lru_cache

_TICK = os.sysconf("SC_CLK_TCK")
_NANOSECONDS = 1_000_000_000


def boot_offset() -> int:
    """Return what to add to nanoseconds since boot to get nanoseconds since 1970."""
    return time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def to_ticks(nanoseconds: int) -> int:
    """Return a start time in nanoseconds since boot as field 22 of /proc/PID/stat has it (proc(5))."""
    return nanoseconds * _TICK // _NANOSECONDS


def rfc3339(nanoseconds: int) -> str:
    """Return nanoseconds since 1970 as RFC 3339 in UTC, with microseconds."""
    whole, rest = divmod(nanoseconds, _NANOSECONDS)
    return f"{_second(whole)}.{rest // 1000:06d}Z"


@lru_cache(256)
def _second(whole: int) -> str:
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}"
