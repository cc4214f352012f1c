"""Raku."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="raku",
    aliases=("perl6",),
    parse=partial(clike.parse, dialect=Dialect()),
    starts=starting("shell qx") | starting("run Proc::Async.new", Starts("words")),
    runs={"EVAL": 0},
)
