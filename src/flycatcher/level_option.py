"""The value of an option that acts from a risk level on (``--fail-on``, ``--deny``, ``--kill``), the same in every command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flycatcher.core.levels import ANY, LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

NEVER = "never"
CHOICES = (ANY, *LEVELS[1:], NEVER)
NEWS = ("new", *(f"new:{level}" for level in LEVELS[1:]))
"""What asks for detections that a baseline does not know."""
AMBIGUOUS = frozenset({"none", "off", "no", "false", "0", "any", "true", "yes"})
"""Words that one reader takes for nothing, and another for everything."""


class FromLevel(click.ParamType[str | None]):
    """``low`` to ``critical``: that level and the worse ones; ``all``: every detection; ``never``: none, which is None.

    With ``new``, also ``new`` and ``new:LEVEL``: what the baseline does not know, of any level or from one on.
    """

    name = "level"

    def __init__(self, *, new: bool = False) -> None:
        """Take ``new`` too, or not."""
        self._choices = (*CHOICES, *NEWS) if new else CHOICES

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str | None:
        """Return the level, None for ``never``; ambiguous words are refused with the right spelling."""
        word = str(value).lower()
        if word in AMBIGUOUS:
            self.fail(
                f"{value!r} could mean nothing or everything: write {NEVER} to switch it off, {ANY} for every detection,"
                " low for all that carry a risk",
                param,
                ctx,
            )
        if word not in self._choices:
            self.fail(f"{value!r} is not one of {', '.join(self._choices)}", param, ctx)
        return None if word == NEVER else word

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Return the choices as help shows them."""
        del param, ctx
        return f"[{'|'.join(CHOICES)}{'|new[:LEVEL]' if NEWS[0] in self._choices else ''}]"


def with_bare_option(option: str, args: Sequence[str]) -> list[str]:
    """Complete an option that may stand alone, among our own words: ``--deny`` is ``--deny=all``.

    ``--deny high -- make`` can only mean the level. ``--deny high make`` could mean the program ``high``: raises UsageError.
    """
    end = args.index("--") if "--" in args else len(args)
    given, at = [], 0
    while at < end:
        word, following = args[at], args[at + 1] if at + 1 < end else ""
        at += 1
        if word != option:
            given.append(word)
        elif following in CHOICES or following in NEWS or following in AMBIGUOUS:
            if end == len(args):
                raise click.UsageError(
                    f"{option} {following}: write {option}={following} for the level, "
                    f"or {option} -- {following} to run that program"
                )
            given.append(f"{option}={following}")
            at += 1
        else:
            given.append(f"{option}={ANY}")
    return [*given, *args[end:]]


def with_bare_path(option: str, args: Sequence[str]) -> list[str]:
    """Complete an option that takes a file only as ``--learn=FILE``, among our own words: ``--learn`` is ``--learn=``."""
    end = args.index("--") if "--" in args else len(args)
    return [*(f"{word}=" if word == option else word for word in args[:end]), *args[end:]]
