"""Splits a command line into words where no shell does: quotes and backslashes as in one, none of its expansions."""

from __future__ import annotations

import shlex


def split(text: str) -> tuple[str, ...]:
    """Return the words of a command line; where its quotes do not close, what white space parts."""
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())
