"""AWK: mawk, gawk, original-awk and BusyBox's."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="awk",
    aliases=("gawk", "mawk", "nawk", "busybox-awk", "original-awk"),
    parse=partial(clike.parse, dialect=Dialect(quotes='"', beside="concat", pipes=True, concat=frozenset())),
    starts=starting("system") | starting("| |&", Starts("awk-pipe")),
    weak=True,
)
