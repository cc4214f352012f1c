"""Forth, as gforth runs it."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

_SHELL = {"!": Starts("text")}

LANGUAGE = Language(
    id="forth",
    aliases=("gforth",),
    parse=partial(marked.parse, mark=r"[sS]\"\s(?P<shell>[^\"]+)\"\s+(?:system|sh)\b", skip=r"\\\s[^\n]*|\(\s[^)]*\)"),
    starts=_SHELL,
)
