"""S-Lang, as slsh runs it."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="slang",
    aliases=("slsh", "s-lang"),
    parse=partial(clike.parse, dialect=Dialect(comments=r"%[^\n]*")),
    starts=starting("system popen system_intr") | starting("new_process", Starts("list")),
    runs={"eval": 0},
)
