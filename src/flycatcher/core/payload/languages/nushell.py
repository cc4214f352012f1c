"""Nushell: a caret starts a program of the system, with the words behind it."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

_SHELL = {"!": Starts("text")}

LANGUAGE = Language(
    id="nushell",
    parse=partial(marked.parse, mark=r"(?<![\w^])\^(?=[\w./])(?P<shell>[^\n;|]+)", skip=r"#[^\n]*"),
    starts=_SHELL,
)
