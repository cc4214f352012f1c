"""m4."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

_SHELL = {"!": Starts("text")}

LANGUAGE = Language(
    id="m4",
    parse=partial(marked.parse, mark=r"\b(?:m4_)?e?syscmd\((?P<shell>)", skip=r"#[^\n]*|\bdnl\b[^\n]*"),
    starts=_SHELL,
)
