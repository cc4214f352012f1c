"""Scala."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import C_COMMENTS, Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="scala",
    parse=partial(clike.parse, dialect=Dialect(comments=C_COMMENTS, long_quotes=True, quotes='"')),
    starts=starting(
        "Runtime.getRuntime().exec java.lang.Runtime.getRuntime().exec Process sys.process.Process", Starts("javaexec")
    )
    | starting("ProcessBuilder java.lang.ProcessBuilder", Starts("javaexec"))
    | starting("*.! *.!! *.lineStream *.run", Starts("receiver")),
)
