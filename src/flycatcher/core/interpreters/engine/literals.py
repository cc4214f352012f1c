"""Texts that every match of a regular expression holds: names are searched for these before any expression is compiled."""

from __future__ import annotations

import re

_STRING_GROUP = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
_UNCERTAIN = re.compile(rf"{_STRING_GROUP}[?*+]*|\[[^\]]*\][?*+]*|\\.[?*+]*|.[?*]|[+$^.]")
"""What of a regular expression stands for no text in particular. Groups in groups are found three deep."""
_SPECIAL = re.compile(r"[][(){}\\]")
_FLAGS = re.compile(r"\(\?[a-zA-Z-]")


def literals(pattern: str) -> tuple[str, ...]:
    """Return texts such that every match of the pattern contains at least one of them; ``("",)`` if there are none."""
    if _FLAGS.search(pattern) is not None:
        return ("",)
    certain = _UNCERTAIN.sub("\n", pattern)
    if _SPECIAL.search(certain) is not None:
        return ("",)
    return tuple(max(choice.split("\n"), key=len) for choice in certain.split("|"))
