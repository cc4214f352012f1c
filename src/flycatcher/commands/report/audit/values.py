"""Values as people read them, one line each, escaped by nobody yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.commands.report.audit.span import rfc3339
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from flycatcher.commands.report.audit.parts import Kind

LONGEST = 300
"""Characters of a text that a cell shows."""
NOTHING = "-"
NUMBERS = frozenset({"count", "duration", "percent"})
"""Kinds that stand on the right of their column."""
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def shown(value: Any, kind: Kind) -> str:  # noqa: ANN401 - a database's value
    """Return one value."""
    if value is None or value == "":
        return NOTHING
    if kind == "text":
        return one_line(str(value), LONGEST)
    number = float(value)
    if kind == "count":
        return f"{int(number):,}"
    if kind == "percent":
        return f"{number:.1f} %"
    return _time(number) if kind == "time" else duration(number)


def heading(name: str) -> str:
    """Return a column's name: the one that it has in the query, in words."""
    return name.removesuffix("_name").replace("_", " ")


def _time(seconds: float) -> str:
    try:
        return rfc3339(seconds)
    except (OverflowError, ValueError, OSError):
        return f"{seconds:.0f} s since 1970"


def duration(seconds: float) -> str:
    """Return a time span in its two largest units."""
    if 0 < seconds < 10:
        return f"{seconds:.1f} s"
    rest = round(seconds)
    size, place = next(((size, place) for place, (size, _) in enumerate(_UNITS) if rest >= size), (1, len(_UNITS) - 1))
    whole = f"{rest // size} {_UNITS[place][1]}"
    if place == len(_UNITS) - 1:
        return whole
    less, name = _UNITS[place + 1]
    return f"{whole} {rest % size // less} {name}"
