"""Which paths Node.js can load: it looks for the real path of a module first, by itself.

Source: lib/fs.js (realpathSync), lib/internal/modules/cjs/loader.js; checked with 20.20.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.paths import absolute, descriptor_of, fact_of

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading


def loadable(reading: Reading, path: str, on: set[str], *, main: bool = False) -> bool:
    """Whether node can load a path: not a descriptor that is a pipe, whose real path it does not find.

    Where symbolic links are preserved it looks for none. A socket cannot be opened at all.
    """
    if descriptor_of(path, reading.execution) != 0 or reading.execution.stdin not in ("pipe", "socket"):
        return True
    if reading.execution.stdin == "socket":
        return False
    option = "--preserve-symlinks-main" if main else "--preserve-symlinks"
    variable = option[2:].upper().replace("-", "_")
    if option in on or reading.execution.env.get(f"NODE_{variable}") == "1":
        return True
    return _stops_short(path, reading.execution)


def _stops_short(path: str, execution: Execution) -> bool:
    """Whether the search for the real path of a pipe ends before procfs's own link, whose text is no path.

    Where a link leads to a pipe it ends at the next path whose first folder it has met before (lib/fs.js, realpathSync,
    ``knownHard``), so that what it opens is that path.
    """
    whole = posixpath.join(execution.cwd, path)
    links = list(fact.links) if execution.files and (fact := fact_of(path, execution)) is not None else []
    met: set[str] = set()
    for at, link in enumerate([whole, *links]):
        if at and _top(link) in met:
            return True
        folder, name = posixpath.split(link)
        real = absolute(folder, execution.cwd)
        met |= {_top(link), _top(real), *(("proc",) if "/root/" in link else ())}
        if (real, name) == ("/dev", "stdin") or (name == "stdin" and "/root/" in link):
            return "proc" in met
    return False


def _top(path: str) -> str:
    """Return the first folder of a path; that of a relative one is not known, and the same for all of them."""
    return path.lstrip("/").partition("/")[0] if path.startswith("/") else "."
