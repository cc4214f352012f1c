"""Whether a program of which nothing is known was given anything that could be program text.

Builds make programs, run them and delete them: tests of ``configure`` and meson, a copy of itself that buildah runs from memory.
Where such a program is gone before it could be inspected, it matters whether it could have been an interpreter with a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_FEEDS = frozenset({"pipe", "socket", "unknown"})
"""What descriptor 0 may bring a text from; a terminal, /dev/null and a file bring none that nobody could have reviewed."""
_PLAIN = re.compile(r"(?!/dev/|/proc/)[\w./:,@%=][\w./:,@%=+-]*\Z")
"""A word that is a name, a number or a path: no option, no text, no descriptor."""


def may_hold_text(execution: Execution) -> bool:
    """Whether its words or its standard input could hold text for an interpreter; what variables bring is read anyway."""
    return execution.stdin in _FEEDS or not all(map(_PLAIN.match, execution.argv[1:]))
