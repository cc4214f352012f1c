"""Times in logs: seconds since 1970 as RFC 3339, and back from the forms that logs have."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_ISO = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:[.,](\d{1,9})\d*)?\s*(Z|UTC|[+-]\d\d:?\d\d)?"
)
_EPOCH = re.compile(rb"\d{1,12}(?:\.\d{1,9})?")
_LAST = 253402300799.0
"""The end of the year 9999."""
_MONTHS = {
    name: at
    for at, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1)
}
_SYSLOG = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)")


def stamp(seconds: float) -> str:
    """Return seconds since 1970 as RFC 3339 in UTC with microseconds; empty for 0, which stands for no time."""
    if not 0 < seconds <= _LAST:
        return ""
    whole = int(seconds)
    return f"{_second(whole)}.{round((seconds - whole) * 1e6) % 1_000_000:06d}Z"


def epoch(text: bytes) -> float:
    """Return the seconds since 1970 that digits stand for; 0 for anything else."""
    return float(text) if _EPOCH.fullmatch(text) is not None else 0.0


@lru_cache(1024)
def _second(whole: int) -> str:
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}"


def seconds(value: object) -> float:
    """Return a time as seconds since 1970: RFC 3339 and its like, or a number of (milli-, micro-, nano-)seconds; else 0."""
    if isinstance(value, bool):
        return 0.0
    if isinstance(value, int | float):
        return _scaled(float(value))
    if not isinstance(value, str):
        return 0.0
    text = value.strip()
    if re.fullmatch(r"\d{9,20}(?:\.\d+)?", text):
        return _scaled(float(text))
    return _iso(text[:64])


def _scaled(number: float) -> float:
    """Return seconds from a number whose unit its size gives away."""
    if not 0 < number < 1e24:
        return 0.0
    while number > 1e11:
        number /= 1000
    return number


@lru_cache(4096)
def _iso(text: str) -> float:
    """Return the seconds of a date and a time of day."""
    found = _ISO.match(text)
    if found is None:
        return syslog(text)
    year, month, day, hour, minute = map(int, found.groups()[:5])
    try:
        when = datetime(year, month, day, hour, minute, int(found[6] or 0), tzinfo=_zone(found[8] or ""))
        return when.timestamp() + float(f"0.{found[7] or 0}")
    except (ValueError, OverflowError):
        return 0.0


def _zone(text: str) -> timezone:
    """Return the zone of ``+0200``; UTC where none is said."""
    if text[:1] not in ("+", "-"):
        return UTC
    digits = text[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(shift if text[0] == "+" else -shift)


def syslog(text: str, year: int = 0) -> float:
    """Return the seconds of ``Mar  1 12:00:00``, which names no year: this year's, or last year's where that lies ahead; else 0."""
    found = _SYSLOG.match(text)
    if found is None or found[1] not in _MONTHS:
        return 0.0
    now = datetime.now(UTC)
    try:
        when = datetime(
            year or now.year, _MONTHS[found[1]], int(found[2]), int(found[3]), int(found[4]), int(found[5]), tzinfo=UTC
        )
        if not year and when > now + timedelta(days=1):
            when = when.replace(year=now.year - 1)
    except ValueError:
        return 0.0
    return when.timestamp()
