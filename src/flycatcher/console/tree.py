"""Parts of a JSON tree that can come from anywhere: what is not of the shape that is asked for is empty."""

from __future__ import annotations

from typing import Any


def table(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """Return an object."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:  # noqa: ANN401
    """Return an array."""
    return list(value) if isinstance(value, list | tuple) else []


def tables(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return the objects of an array."""
    return [each for each in items(value) if isinstance(each, dict)]


def whole(value: Any) -> int:  # noqa: ANN401
    """Return a whole number, 0 for one that no text and no score can have."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 31 else 0
