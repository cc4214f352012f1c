"""The line of a field in a TOML file: msgspec only names the field."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_LINES = 5000
"""Files longer than this are not searched: the search reads the file once a line."""
_PATH = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]|\[(\.\.\.)\]")


def line_of(text: str, path: str) -> int:
    """Return the 1-based line on which a field such as ``$.suppress[1].until`` begins, 0 where it is not found.

    TOML has no positions in its reader. The line is found by reading the file from its first line on, a line longer each
    time it parses: the first such beginning in which the field exists ends on the field's line, or just behind it.
    """
    steps: list[str | int] = [m[1] or int(m[2]) for m in _PATH.finditer(path) if not m[3]]
    lines = text.splitlines()
    while steps and len(lines) <= _LINES:
        for end in range(1, len(lines) + 1):
            if _exists(_parse("\n".join(lines[:end])), steps):
                return _first_line(lines, end, steps)
        steps.pop()
    return 0


def _parse(text: str) -> Any:  # noqa: ANN401 - a TOML document is any tree
    """Return the document, or None where this part of the file does not parse by itself."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _exists(document: Any, steps: list[str | int]) -> bool:  # noqa: ANN401
    """Whether a path leads somewhere."""
    for step in steps:
        if isinstance(step, int):
            if not isinstance(document, list) or step >= len(document):
                return False
        elif not isinstance(document, dict) or step not in document:
            return False
        document = document[step]
    return True


def _first_line(lines: list[str], end: int, steps: list[str | int]) -> int:
    """Return the line that names a field, searching back from the one on which it is complete."""
    name = next((step for step in reversed(steps) if isinstance(step, str)), "")
    for number in range(end, 0, -1):
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", lines[number - 1]):
            return number
    return end
