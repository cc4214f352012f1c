"""Elixir."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Indirect, Language, Starts, starting

LANGUAGE = Language(
    id="elixir",
    aliases=("iex",),
    parse=partial(clike.parse, dialect=Dialect(long_quotes=True)),
    starts=starting("System.shell os.cmd :os.cmd Port.open") | starting("System.cmd", Starts("pair")),
    runs={"Code.eval_string": 0, "Code.eval_quoted": 0, "Code.compile_string": 0},
    indirect={"apply": Indirect(1, 2, "list"), "Kernel.apply": Indirect(1, 2, "list")},
)
