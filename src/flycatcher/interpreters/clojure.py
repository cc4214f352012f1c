"""Clojure.

Source: clojure/main.clj; tried by hand against Clojure 1.11. The kernel sees java with main class clojure.main.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, VALUE, Option, Options, each

_LOAD = Option("value", "load")

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Clojure(Interpreter):
    """clojure.main: texts of -e, then a script, ``-`` or a session on stdin."""

    id = "clojure"
    language = "clojure"
    names = (r"clojure|clj|bb|babashka",)
    runs_on = ("sh", "bash")
    main_classes = ("clojure.main",)
    install = "apt: clojure"
    options = Options(
        long={
            **each(("-e", "--eval"), CODE),
            **each(("-i", "--init"), _LOAD),
            **each(("--report", "-cp", "-classpath", "-Sdeps"), VALUE),
            **each(("-m", "--main"), Option("value", "module", last=True)),
            **each(("-r", "--repl"), Option(role="interactive", last=True)),
            **each(("-h", "-?", "--help", "--version"), EXIT),
        },
        short={**each("MAXTPS", Option("attached"))},
        equals=False,
    )

    def read(self, execution: Execution) -> Reading:
        """Read the texts, then the file all the same."""
        reading = super().read(execution)
        command = reading.command
        goes_on = (
            reading.outcome in ("inline", "script") and command is not None and bool(command.first("code", "file"))
        )
        if goes_on and command is not None and command.operands:
            reading.program(command.operands[0])
        return reading
