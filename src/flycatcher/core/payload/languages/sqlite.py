"""SQL consoles and their dot commands."""

from __future__ import annotations

from functools import partial

from flycatcher.core.payload.frontends import lines
from flycatcher.core.payload.language import Language, Starts, starting

LANGUAGE = Language(
    id="sqlite",
    aliases=("sqlite3", "sql", "psql", "mysql"),
    parse=partial(lines.parse, prefix=""),
    starts=starting(".shell .system .sh ! system")
    | starting("COPY copy Copy", Starts("sql-program"))
    | starting(".output .once .o", Starts("tcl-open")),
)
