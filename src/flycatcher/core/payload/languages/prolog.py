"""Prolog."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="prolog",
    parse=partial(clike.parse, dialect=Dialect(comments=r"%[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?")),
    starts=starting("shell system") | starting("process_create exec", Starts("pair")),
    runs={"term_to_atom": 1},
)
