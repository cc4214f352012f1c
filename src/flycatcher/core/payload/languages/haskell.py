"""Haskell, as ghci, ghc -e and runghc run it."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="haskell",
    aliases=("ghci", "ghc", "runghc"),
    parse=partial(clike.parse, dialect=Dialect(comments=r"--[^\n]*|\{-(?:[^-]|-(?!\}))*(?:-\})?", quotes='"')),
    starts=starting(
        "System.Process.callCommand callCommand System.Process.system system spawnCommand "
        "readCreateProcess shell System.Process.spawnCommand"
    )
    | starting(
        "System.Process.callProcess callProcess rawSystem readProcess System.Posix.Process.executeFile executeFile",
        Starts("pair"),
    ),
)
