"""Conditions on the arguments of a call, for rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.evaluator.values import NOT_CONSTANT
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value

    When = Callable[[Sequence[Value], Mapping[str, Value]], bool]


OPEN_FILE = r"(?:(?:/tmp|/var/tmp|/private/tmp)/[^/]+$|/dev/shm/|/run/shm/)"
"""An expression for files that lie where anybody may put one: not in a folder of somebody's own in there (mkdtemp)."""
TEMPORARY = r"(?:/tmp/|/var/tmp/|/dev/shm/|/run/shm/|/private/tmp/|/run/user/)"
"""An expression for the directories that anybody may write to."""


def text(args: Sequence[Value], at: int) -> str:
    """Return argument ``at`` as text, empty where it is none."""
    if at >= len(args):
        return ""
    return args[at].text or ""


def matches(at: int, pattern: str) -> When:
    """Whether argument ``at`` is text in which ``pattern`` is found."""
    compiled = lazy(pattern)
    return lambda args, _kwargs: compiled.search(text(args, at), 0, 65_536) is not None


def any_matches(pattern: str) -> When:
    """Whether ``pattern`` is found in the text of any argument (of any item, where one is a list)."""
    compiled = lazy(pattern)

    def holds(args: Sequence[Value], kwargs: Mapping[str, Value]) -> bool:
        return any(
            compiled.search(piece, 0, 65_536) is not None
            for value in (*args, *kwargs.values())
            for piece in texts(value)
        )

    return holds


def texts(value: Value, depth: int = 2) -> list[str]:
    """Return the texts in a value and, two levels deep, in its items."""
    if value.text is not None:
        return [value.text]
    items: list[Value] = []
    if isinstance(value.data, list):
        items = value.data[:256]
    elif isinstance(value.data, dict):
        items = list(value.data.values())[:256]
    return [found for item in items for found in texts(item, depth - 1)] if depth else []


def tainted(at: int, *kinds: str) -> When:
    """Whether argument ``at`` comes from one of ``kinds``."""
    wanted = frozenset(kinds)
    return lambda args, _kwargs: at < len(args) and bool(_deep_taint(args[at]) & wanted)


def any_tainted(*kinds: str) -> When:
    """Whether any argument comes from one of ``kinds``."""
    wanted = frozenset(kinds)
    return lambda args, kwargs: any(_deep_taint(value) & wanted for value in (*args, *kwargs.values()))


def _deep_taint(value: Value) -> frozenset[str]:
    taint = value.taint
    if isinstance(value.data, dict):
        for item in list(value.data.values())[:256]:
            taint |= item.taint
    return taint


def unknown(at: int) -> When:
    """Whether argument ``at`` is given and not known."""
    return lambda args, _kwargs: at < len(args) and (args[at].data is NOT_CONSTANT or not args[at].exact)


def is_url(at: int) -> When:
    """Whether argument ``at`` is, or may be, a URL: known ones must be one, unknown ones pass."""
    return lambda args, _kwargs: at < len(args) and ("://" in text(args, at)[:16] or args[at].data is NOT_CONSTANT)


def number(at: int, *values: int) -> When:
    """Whether argument ``at`` is one of ``values``, or not known."""
    return lambda args, _kwargs: at < len(args) and (args[at].data is NOT_CONSTANT or args[at].data in values)


def executable_mode(at: int) -> When:
    """Whether argument ``at`` is a mode with an execute bit, or not known."""

    def holds(args: Sequence[Value], _kwargs: Mapping[str, Value]) -> bool:
        data = args[at].data if at < len(args) else ""
        return data is NOT_CONSTANT or (isinstance(data, int) and bool(data & 0o111))

    return holds


def setuid_mode(at: int) -> When:
    """Whether argument ``at`` is a mode with a set-user-ID or set-group-ID bit."""
    return lambda args, _kwargs: at < len(args) and isinstance(args[at].data, int) and bool(args[at].data & 0o6000)


def negate(condition: When) -> When:
    """Whether ``condition`` does not hold."""
    return lambda args, kwargs: not condition(args, kwargs)


def both(one: When, other: When) -> When:
    """Whether both conditions hold."""
    return lambda args, kwargs: one(args, kwargs) and other(args, kwargs)


def either(one: When, other: When) -> When:
    """Whether one of the conditions holds."""
    return lambda args, kwargs: one(args, kwargs) or other(args, kwargs)


def by_result(at: int, start: str) -> When:
    """Whether argument ``at`` is the result of a call whose name begins so."""
    return lambda args, _kwargs: at < len(args) and args[at].name.startswith(start)
