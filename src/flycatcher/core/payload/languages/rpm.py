"""RPM's macros."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

_SHELL = {"!": Starts("text")}

LANGUAGE = Language(
    id="rpm",
    parse=partial(marked.parse, mark=r"%\((?P<shell>)|%\{\s*lua:(?P<lua>)"),
    starts=_SHELL,
    delegates={"lua": "lua"},
)
