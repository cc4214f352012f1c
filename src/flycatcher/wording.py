"""Words in messages: numbers with their noun."""

from __future__ import annotations


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 file``, ``2 files``.

    ``plural`` where it is not the noun with an s, or where a verb follows: ``counted(2, "file is", "files are")``.
    """
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
