"""ed."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

_SHELL = {"!": Starts("text")}

LANGUAGE = Language(id="ed", parse=partial(marked.parse, mark=r"(?m:^[^!\n]{0,80}!(?P<shell>[^\n]+))"), starts=_SHELL)
