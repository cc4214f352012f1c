"""Make."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

_SHELL = {"!": Starts("text")}

LANGUAGE = Language(
    id="make",
    aliases=("makefile", "gmake"),
    parse=partial(
        marked.parse,
        mark=r"\$[({]\s*shell\s+(?P<shell>)(?<=\s)|(?m:^\t[@+-]*(?P<recipe>[^\n]+))|!=\s*(?P<bang>[^\n]+)",
        skip=r"(?m:^#[^\n]*)",
    ),
    starts=_SHELL | dict.fromkeys(("recipe", "bang"), Starts("text")),
)
