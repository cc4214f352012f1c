"""The time that a report is about, from what ``--from`` and ``--to`` say."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.store.language import moment

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOW = "now"
_LONGEST = 100 * 366 * 86_400


class Span(NamedTuple):
    """From ``since`` up to, and without, ``until``; ``made``: when the report was asked for. Seconds since 1970."""

    since: float
    until: float
    made: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.until - self.since

    @property
    def terms(self) -> str:
        """The same in the query language of the store."""
        return f"since:{rfc3339(self.since)} until:{rfc3339(self.until)}"


def span_of(first: str, last: str, now: float) -> Span:
    """Return the time between two dates, the last one included, or two times. Raises FlycatcherError."""
    since, until = _moment("--from", first, now), _moment("--to", last, now)
    if _DAY.fullmatch(last):
        until += 86_400
    if since >= until:
        raise FlycatcherError(
            f"--from {first} is not before --to {last}", hint="a date in --to is the last day of the report", code=2
        )
    if until - since > _LONGEST:
        raise FlycatcherError(f"--from {first} --to {last}: more than a hundred years", hint="choose less", code=2)
    return Span(since, until, now)


def _moment(option: str, text: str, now: float) -> float:
    try:
        # whole seconds: every query language can say them
        found = float(int(now) + 1) if text == _NOW else float(int(moment(text, now)))
        rfc3339(found)
    except (ValueError, OverflowError, OSError) as error:
        raise FlycatcherError(
            f"{option} {text}: no date", hint="2026-11-30, 2026-11-30T12:00Z, how long ago (30d, 12h), or now", code=2
        ) from error
    return found


def rfc3339(seconds: float) -> str:
    """Return a time in UTC, to the second."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
