"""Hunting in recorded logs: from files to detections, for the command, for notebooks and for clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from flycatcher.hunt.frames import Frame

__all__ = ["read"]


def read(*paths: str | PathLike[str], form: str = "", shells: bool = False) -> Frame:
    """Return the detections in logs, to be looked at as dictionaries, Arrow, Polars or pandas.

    ``paths``: files, folders or globs, of any format that ``flycatcher hunt`` reads; ``form`` names it where it is not
    recognised. Raises FlycatcherError.
    """
    from flycatcher.hunt.frames import frame  # noqa: PLC0415 - what a notebook needs, a command does not

    return frame([str(path) for path in paths], form=form, shells=shells)
