"""lftp."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

_SHELL = {"!": Starts("text")}

LANGUAGE = Language(
    id="lftp",
    parse=partial(marked.parse, mark=r"(?m:(?:^|;)\s*(?:!|shell\s)\s*(?P<shell>[^\n]+))", skip=r"(?m:^\s*#[^\n]*)"),
    starts=_SHELL,
)
