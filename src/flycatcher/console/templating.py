"""The templates: everything that they print is escaped, and shown as a terminal would have to show it."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flycatcher import __version__
from flycatcher.console import links, shown
from flycatcher.console.record_parts import highlighted
from flycatcher.core.levels import LEVELS
from flycatcher.wording import counted

_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@cache
def environment() -> Environment:
    """Return the templates' environment, which keeps what it has compiled."""
    made = Environment(
        loader=PackageLoader("flycatcher.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    made.globals |= {
        "levels": LEVELS,
        "version": __version__,
        "address": links.address,
        "toggled": links.toggled,
        "has": links.has,
    }
    made.globals |= {"term": links.term, "counted": counted, "highlighted": highlighted}
    made.filters |= {
        "code": shown.code,
        "line": shown.line,
        "when": when,
        "moment": moment,
        "ago": ago,
        "thousands": thousands,
    }
    made.filters |= {"pretty": pretty}
    return made


def _finalized(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """Return what an expression prints: no text reaches a page before its hidden characters are shown."""
    if isinstance(value, Markup | int | float):
        return value
    return shown.line("" if value is None else value)


def when(seconds: float) -> str:
    """Return a time for people, in UTC."""
    return _time(seconds).strftime("%Y-%m-%d %H:%M:%S") if seconds else "never"


def moment(seconds: float) -> str:
    """Return a time for machines (RFC 3339, UTC)."""
    return _time(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(seconds: float, now: float) -> str:
    """Return how long ago a time was, in its largest unit."""
    passed = now - seconds
    if not seconds:
        return "never"
    if passed < 1:
        return "now" if passed > -60 else "in the future"
    size, name = next(unit for unit in _UNITS if passed >= unit[0])
    return f"{passed // size:.0f} {name} ago"


def thousands(number: float) -> str:
    """Return a whole number with commas."""
    return f"{int(number):,}"


def pretty(value: Any) -> str:  # noqa: ANN401 - a JSON tree
    """Return JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _time(seconds: float) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return dt.datetime.fromtimestamp(0, dt.UTC)
