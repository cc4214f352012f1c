"""Ninja: the commands of its rules."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

LANGUAGE = Language(
    id="ninja",
    parse=partial(
        marked.parse, mark=r"(?m:^[ \t]+command[ \t]*=[ \t]*(?P<recipe>[^\n]+))", skip=r"(?m:^[ \t]*#[^\n]*)"
    ),
    starts={"recipe": Starts("text")},
)
