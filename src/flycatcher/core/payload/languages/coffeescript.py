"""CoffeeScript and LiveScript."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="coffeescript",
    aliases=("livescript", "coffee", "lsc"),
    parse=partial(clike.parse, dialect=Dialect(long_quotes=True)),
    starts=starting("*.execSync *.exec execSync exec")
    | starting("*.spawn *.spawnSync *.execFile *.execFileSync spawn", Starts("pair")),
    runs={"eval": 0, "Function": 0},
)
