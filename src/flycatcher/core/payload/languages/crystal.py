"""Crystal."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="crystal",
    parse=partial(clike.parse, dialect=Dialect(backticks=True)),
    starts=starting("system") | starting("Process.run Process.exec Process.new", Starts("pair")),
)
