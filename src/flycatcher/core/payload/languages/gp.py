"""PARI/GP."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import C_COMMENTS, Dialect
from flycatcher.core.payload.language import Language, starting

LANGUAGE = Language(
    id="gp",
    parse=partial(clike.parse, dialect=Dialect(comments=C_COMMENTS)),
    starts=starting("system extern externstr"),
    runs={"eval": 0},
)
