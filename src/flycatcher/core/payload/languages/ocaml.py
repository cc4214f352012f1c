"""OCaml."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="ocaml",
    parse=partial(clike.parse, dialect=Dialect(comments=r"\(\*(?:[^*]|\*(?!\)))*(?:\*\))?", quotes='"')),
    starts=starting("Sys.command Unix.system Unix.open_process_in Unix.open_process Unix.open_process_out")
    | starting("Unix.execv Unix.execvp Unix.execve Unix.create_process", Starts("pair")),
)
