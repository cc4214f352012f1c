"""Miller."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

_SHELL = {"!": Starts("text")}

LANGUAGE = Language(
    id="mlr",
    aliases=("miller",),
    parse=partial(
        marked.parse, mark=r"(?:\b(?:system|exec)\s*\(\s*|\|\s*)\"(?P<shell>(?:\\.|[^\"\\])+)", skip=r"(?m:#[^\n\"]*$)"
    ),
    starts=_SHELL,
)
