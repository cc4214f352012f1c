"""The colours of what is printed for people: a style for each role, whichever command prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    Paint = Callable[[str, str], str]
    """Takes a role and a text that is already escaped."""

STYLES: dict[str, dict[str, Any]] = {
    "critical": {"fg": "bright_red", "bold": True},
    "high": {"fg": "red", "bold": True},
    "medium": {"fg": "yellow", "bold": True},
    "low": {"fg": "cyan", "bold": True},
    "none": {"bold": True},
    "title": {"bold": True},
    "points": {"fg": "yellow"},
    "label": {"dim": True},
    "layer": {"fg": "magenta"},
    "gutter": {"fg": "blue"},
    "text": {"fg": "red"},
    "caret": {"fg": "red", "bold": True},
    "command": {"fg": "cyan"},
    "notice": {"fg": "magenta"},
}
"""By role: the levels of risk, and the parts of a line."""


def plain(role: str, text: str) -> str:
    """Return the text as it is: for files, and for streams that are no terminal."""
    del role
    return text


def coloured(role: str, text: str) -> str:
    """Return the text in its role's style; a role without one, such as a level in a file that somebody else wrote, has none."""
    style = STYLES.get(role)
    return click.style(text, **style) if text and style else text
