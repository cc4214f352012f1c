"""gp of PARI.

Source: src/gp/gp.c (read_opt); checked with marker code against gp 2.15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Gp(Interpreter):
    """gp of PARI: files, then a session on stdin; ``system()`` and ``extern()`` start commands."""

    id = "gp"
    language = "gp"
    names = (r"gp(?:-?\d[\d.]*)?",)
    install = "apt: pari-gp"
    verified = ("2.15",)
    options = Options(
        short={"s": VALUE, "p": VALUE, "D": VALUE, **each("fq", FLAG)},
        long={
            **each(("--stacksize", "--default", "--primelimit"), VALUE),
            **each(("--fast", "--quiet", "--emacs", "--test", "--texmacs"), FLAG),
            **each(("--help", "--version", "--version-short"), EXIT),
        },
        double_dash=False,
    )

    def read(self, execution: Execution) -> Reading:
        """Read files, then the session."""
        command = self.parse(execution)
        if any(execution.argv[index] in ("-", "--") for index in command.operands[:1]):
            return Reading(self, execution, command).refuse("gp knows no such option")
        reading = super().read(execution)
        if reading.outcome == "script":
            reading.stdin(explicit=False)
        return reading
