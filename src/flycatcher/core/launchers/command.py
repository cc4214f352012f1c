"""A command that a launcher starts, and what is known of standard input on the way to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flycatcher.core.execution import StdinKind

MAX_COMMANDS = 32
"""Commands that one launcher is read to start (xargs over a long list)."""


class Stdin:
    """What a program reads from descriptor 0: its kind, and its text where known."""

    __slots__ = ("kind", "text")

    def __init__(self, kind: StdinKind = "unknown", text: str | None = None) -> None:
        """Keep both."""
        self.kind = kind
        self.text = text


class ArgumentFile(Stdin):
    """What ``xargs -a FILE`` and ``parallel -a FILE`` read in the place of descriptor 0."""

    __slots__ = ()


class LaunchedCommand:
    """One command that a launcher starts: its words, with marks of what is unknown; its environment; its standard input.

    ``program`` is the file that is started where ``argv[0]`` is another name (``env -a NAME``); ``stdin`` is None where the
    launcher's own is passed to it.
    """

    __slots__ = ("env", "program", "stdin", "words")

    def __init__(self, words: list[str], env: Mapping[str, str], program: str = "", stdin: Stdin | None = None) -> None:
        """Keep the four."""
        self.words = words
        self.env = env
        self.program = program
        self.stdin = stdin


Reader = Callable[[list[str], Mapping[str, str], Stdin], "list[LaunchedCommand] | None"]
"""Reads a launcher's own words: what it starts, None where that is nothing."""
