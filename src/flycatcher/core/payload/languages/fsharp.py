"""F# and C#."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import C_COMMENTS, Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="fsharp",
    aliases=("csharp",),
    parse=partial(clike.parse, dialect=Dialect(comments=C_COMMENTS)),
    starts=starting("System.Diagnostics.Process.Start Diagnostics.Process.Start Process.Start", Starts("words")),
)
