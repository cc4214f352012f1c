"""Rhino, JavaScript on the JVM.

Source: tools/shell/Main.java (processOptions); tried by hand against Rhino 1.7.14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Rhino(Interpreter):
    """Rhino's shell: -e, -f, a file, or a session on stdin."""

    id = "rhino"
    language = "javascript"
    technique = "T1059.007"
    names = (r"rhino(?:-debugger)?",)
    runs_on = ("sh", "bash")
    main_classes = ("org.mozilla.javascript.tools.shell.Main",)
    install = "apt: rhino"
    options = Options(
        long={
            "-e": CODE,
            "-f": Option("value", "file"),
            **each(("-version", "-opt", "-O", "-modules", "-encoding", "-main"), VALUE),
            **each(("-w", "-require", "-sandbox", "-debug", "-strict", "-fatal-warnings", "-continuations"), FLAG),
            **each(("-?", "-help"), EXIT),
        },
        equals=False,
        double_dash=False,
    )

    def read(self, execution: Execution) -> Reading:
        """Read the texts, then the file all the same."""
        reading = super().read(execution)
        command = reading.command
        if command is not None and command.error:  # what stands before the mistake has run by then
            for given in command.given:
                if given.option.role == "code":
                    reading.code(given)
        goes_on = (
            reading.outcome in ("inline", "script") and command is not None and bool(command.first("code", "file"))
        )
        if goes_on and command is not None and command.operands:
            reading.program(command.operands[0])
        return reading
