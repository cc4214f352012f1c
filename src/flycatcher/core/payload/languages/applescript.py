"""AppleScript."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts

LANGUAGE = Language(
    id="applescript",
    aliases=("osascript",),
    parse=partial(
        clike.parse, dialect=Dialect(comments=r"--[^\n]*", quotes='"', concat=frozenset({"&"}), beside="call")
    ),
    starts={"do": Starts("applescript")},
)
