"""gp of PARI.

Source: src/gp/gp.c (read_opt); checked with marker code against gp 2.15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Gp(Interpreter):
    """gp of PARI: files, then a session on stdin; ``system()`` and ``extern()`` start commands."""

    id = "gp"
    language = "gp"
    names = (r"gp(?:-?\d[\d.]*)?",)
    install = "apt: pari-gp"
    options = Options(
        short={"s": VALUE, "p": VALUE, "D": VALUE, **each("fq", FLAG)},
        long={
            **each(("--stacksize", "--default", "--primelimit"), VALUE),
            **each(("--fast", "--quiet", "--emacs", "--test", "--texmacs"), FLAG),
            **each(("--help", "--version", "--version-short"), EXIT),
        },
        permute=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read files, then the session."""
        reading = super().read(execution)
        if reading.outcome == "script":
            reading.stdin(explicit=False)
        return reading
