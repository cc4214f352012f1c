"""gnuplot."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="gnuplot",
    parse=partial(clike.parse, dialect=Dialect(backticks=True)),
    starts=starting("system shell ! exec") | starting("plot splot replot load fit", Starts("gnuplot")),
    runs={"eval": 0, "evaluate": 0},
)
