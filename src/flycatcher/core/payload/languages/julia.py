"""Julia."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.evaluator.folding import join, pure, text_of
from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="julia",
    parse=partial(
        clike.parse,
        dialect=Dialect(comments=r"#=(?:[^=]|=(?!#))*(?:=#)?|#[^\n]*", quotes='"', long_quotes=True, beside="group"),
    ),
    functions={
        "string": pure(lambda *parts: "".join(text_of(p) for p in parts)),
        "join": pure(lambda parts, glue="": join(glue, parts)),
    },
    starts=starting("run pipeline open read readchomp success detach setenv", Starts("julia"))
    | starting("Cmd", Starts("list")),
    runs={"eval": 0, "Meta.parse": 0, "include_string": 1},
)
