"""What a ``.gitignore`` leaves out (gitignore(5))."""

from __future__ import annotations

import re
from typing import Any

LIMIT = 1 << 20
"""Bytes of a file that are read."""
OFTEN = 100
"""Paths after which it pays to compile all patterns into one: nearly no path fits any of them."""


class Ignore:
    """The patterns of one file."""

    def __init__(self, path: str) -> None:
        """Read the file. One that cannot be read, or holds what is no pattern, leaves nothing out."""
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - not every tree has such a file

        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                lines = file.read(LIMIT).splitlines()
            self._spec = GitIgnoreSpec.from_lines(lines)
        except (OSError, ValueError):
            self._spec = GitIgnoreSpec.from_lines([])
        self._asked = 0
        self._any: re.Pattern[str] | None = None

    def verdict(self, path: str) -> bool | None:
        """Whether a path below the file's folder is left out; None where no pattern speaks of it."""
        self._asked += 1
        if self._asked == OFTEN:
            self._any = _joined(self._spec.patterns)
        if self._any is not None and self._any.search(path) is None:
            return None
        return self._spec.check_file(path).include


def _joined(patterns: Any) -> re.Pattern[str]:  # noqa: ANN401 - pathspec is imported where it is needed
    """Return one expression that finds what any of the patterns fits; their groups have names, which can be used once only."""
    texts = [each.regex.pattern for each in patterns if each.include is not None and each.regex is not None]
    return re.compile("|".join(re.sub(r"\(\?P<\w+>", "(?:", text) for text in texts) or r"(?!)")


def ignored(specs: tuple[tuple[int, Ignore], ...], path: str) -> bool:
    """Ask the innermost file first: the last pattern that fits decides. With each file, how much of a path names its folder."""
    for length, spec in reversed(specs):
        verdict = spec.verdict(path[length:])
        if verdict is not None:
            return bool(verdict)
    return False
