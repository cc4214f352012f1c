"""PostScript, as Ghostscript opens pipes."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

_SHELL = {"!": Starts("text")}

LANGUAGE = Language(
    id="postscript",
    aliases=("gs",),
    parse=partial(marked.parse, mark=r"%pipe%(?P<shell>(?:\\.|[^()\\])+)", skip=r"%(?!pipe%)[^\n]*"),
    starts=_SHELL,
)
