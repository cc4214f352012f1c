"""Erlang."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Indirect, Language, starting

LANGUAGE = Language(
    id="erlang",
    aliases=("erl", "escript"),
    parse=partial(clike.parse, dialect=Dialect(comments=r"%[^\n]*")),
    starts=starting("os:cmd open_port erlang:open_port"),
    runs={"erl_eval:exprs": 0, "erl_scan:string": 0},
    indirect={"apply": Indirect(1, 2, "list"), "erlang:apply": Indirect(1, 2, "list")},
)
