r"""The query language: ``level>=high interpreter:node host:ci-* since:7d text~"base64" -state:accepted``.

Terms are joined by blanks, and all must hold; ``-`` before one is its opposite. ``field:a,b`` is one of several, ``*`` and ``?``
stand for any characters, quotes hold blanks together. ``level`` and ``score`` take ``>=``, ``<=``, ``>``, ``<``. ``since`` and
``until`` take a date, a time, or how long ago (``30m``, ``12h``, ``7d``). ``text~`` and words without a field search the texts and
their decoded layers: all the words, the last one as the beginning of a word.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.levels import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = (
    "level", "score", "interpreter", "vector", "capability", "technique", "host", "repository", "job", "environment", "outcome",
    "user", "container", "path", "command", "sensor", "id", "shape", "state", "since", "until", "text",
)  # fmt: skip
_TERM = re.compile(
    r'\s*(?P<minus>-?)(?:(?P<field>[a-z]+)(?P<sign>>=|<=|:|~|>|<|=))?(?P<value>"(?:[^"\\]|\\.)*"|[^\s"]+)(?=\s|$)'
)
_AGO = re.compile(r"(\d{1,6})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_ORDERED = frozenset({"level", "score"})
_WHOLE = frozenset({"level", "score", "since", "until", "capability", "technique", "state"})
LIMIT = 4000
"""Characters that a query may have."""
MOST = 100
"""Terms that a query may have, and values of one term: a database bounds the depth of a condition."""


class Term(Struct, frozen=True):
    """One condition."""

    field: str
    sign: str
    """``:``, ``~``, or a comparison."""
    values: tuple[str, ...]
    negated: bool = False


def parse(query: str) -> list[Term]:
    """Return the conditions of a query. Raises FlycatcherError, which shows the place."""
    terms = list(islice(_terms(query), MOST + 1))
    if len(terms) > MOST:
        raise FlycatcherError(f"a query has {MOST} terms at most", hint="field:a,b is one of several", code=2)
    return terms


def _terms(query: str) -> Iterator[Term]:
    if len(query) > LIMIT:
        raise FlycatcherError(f"a query has {LIMIT} characters at most", hint="search for less", code=2)
    if not query.isprintable() and not query.replace("\n", " ").replace("\t", " ").isprintable():
        raise FlycatcherError("a query is printable text", hint="search for words", code=2)
    at = 0
    while query[at:].strip():
        found = _TERM.match(query, at)
        if found is None:
            raise _wrong(query, at, "neither field:value nor a word")
        yield _term(query, at, found)
        at = found.end()


def _term(query: str, at: int, found: re.Match[str]) -> Term:
    field, sign, raw = found["field"] or "text", found["sign"] or "~", found["value"]
    if field not in FIELDS:
        raise _wrong(query, at, f"no field {field!r}; fields: {', '.join(FIELDS)}")
    sign = ":" if sign == "=" else sign
    if sign == "~" and field in _WHOLE:
        raise _wrong(query, at, f"{field} is compared as a whole; use {field}:value")
    if sign in {">=", "<=", ">", "<"} and field not in _ORDERED:
        raise _wrong(query, at, f"{field} has no order; use {field}:value")
    quoted = raw.startswith('"')
    value = re.sub(r"\\(.)", r"\1", raw[1:-1]) if quoted else raw
    if field == "text" or sign == "~":
        return Term(field, "~", (value,), bool(found["minus"]))
    values = (value,) if quoted else tuple(filter(None, value.split(",")))
    if not values:
        raise _wrong(query, at, f"{field} needs a value")
    if len(values) > MOST:
        raise _wrong(query, at, f"{field} has {MOST} values at most")
    _check(query, at, field, values)
    return Term(field, sign, values, bool(found["minus"]))


def _check(query: str, at: int, field: str, values: tuple[str, ...]) -> None:
    if field == "level" and not {value.lower() for value in values} <= {str(level) for level in LEVELS}:
        raise _wrong(query, at, f"levels are {', '.join(LEVELS)}")
    if field == "score" and not all(value.isascii() and value.isdigit() and len(value) < 9 for value in values):
        raise _wrong(query, at, "a score is a number from 0 to 100")
    if field in {"since", "until"}:
        try:
            moment(values[0], 0)
        except ValueError as error:
            raise _wrong(query, at, f"{field} takes 7d, 12h, 2026-11-29 or 2026-11-29T10:00Z") from error


def moment_of(term: Term) -> float:
    """Return the time, in seconds since 1970, that ``since`` or ``until`` names."""
    return moment(term.values[0], time.time())


def moment(text: str, now: float) -> float:
    """Return seconds since 1970 of a date, a time, or how long before ``now``. Raises ValueError."""
    ago = _AGO.fullmatch(text)
    if ago:
        return now - int(ago[1]) * _SECONDS[ago[2]]
    found = dt.datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).timestamp()


def _wrong(query: str, at: int, why: str) -> FlycatcherError:
    at += len(query[at:]) - len(query[at:].lstrip())
    return FlycatcherError(f"query, at {query[at : at + 40]!r}: {why}", hint="flycatcher store query --help", code=2)
