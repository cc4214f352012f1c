"""Perl 5."""

from __future__ import annotations

from flycatcher.core.payload.language import Language, Starts
from flycatcher.core.payload.languages.perl.functions import FUNCTIONS
from flycatcher.core.payload.languages.perl.lowering import parse

LANGUAGE = Language(
    id="perl",
    aliases=("perl5",),
    parse=parse,
    writes_outside=True,
    functions=FUNCTIONS,
    runs={"eval": 0, "evalbytes": 0},
    starts={
        **dict.fromkeys(("system", "exec"), Starts("words")),
        "open": Starts("open"),
        **dict.fromkeys(("IPC::Open2::open2", "open2"), Starts("words", 2)),
        **dict.fromkeys(("IPC::Open3::open3", "open3"), Starts("words", 3)),
        "IPC::Cmd::run": Starts("text", 1),
    },
    weak=True,
    callable_text=True,
)
