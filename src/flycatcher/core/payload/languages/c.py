"""C and C++."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import clike
from flycatcher.core.payload.frontends.clike import C_COMMENTS, Dialect
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="c",
    aliases=("c++", "cpp"),
    parse=partial(clike.parse, dialect=Dialect(comments=C_COMMENTS)),
    starts=starting("system popen")
    | starting("execl execlp execle", Starts("exec"))
    | starting("execv execve execvp", Starts("vector")),
)
