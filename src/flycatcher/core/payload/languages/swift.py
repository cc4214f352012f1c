"""Swift, whose scripts call the C library's functions."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import C_COMMENTS, Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="swift",
    parse=partial(clike.parse, dialect=Dialect(comments=C_COMMENTS, long_quotes=True, quotes='"')),
    starts=starting("system popen") | starting("execv execvp", Starts("vector")),
)
