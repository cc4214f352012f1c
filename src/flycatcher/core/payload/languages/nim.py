"""Nim."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="nim",
    parse=partial(clike.parse, dialect=Dialect(long_quotes=True, quotes='"')),
    starts=starting("execShellCmd execCmd execCmdEx gorge gorgeEx staticExec exec osproc.execCmd os.execShellCmd")
    | starting("startProcess execProcess", Starts("words")),
)
