"""GNU Octave and MATLAB."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="octave",
    aliases=("matlab", "octave-cli"),
    parse=partial(clike.parse, dialect=Dialect(comments=r"%[^\n]*|#[^\n]*", concat=frozenset(), beside="call")),
    starts=starting("system shell_cmd unix dos popen popen2") | starting("exec", Starts("words")),
    runs={"eval": 0, "evalc": 0, "evalin": 1, "feval": 0},
)
