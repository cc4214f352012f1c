"""Flask: ``flask shell`` reads a session.

Source: flask/cli.py (shell_command), checked with marker code against Flask 3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Options, each
from flycatcher.core.interpreters.python.program import PythonProgram

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading


class Flask(PythonProgram):
    """The subcommand stands behind the options; the others run no text."""

    id = "flask"
    names = ("flask",)
    variables = ("PYTHONSTARTUP",)
    verified = ("3.1.3",)
    install = "pip: flask"
    options = Options(
        parser="click",
        short={"e": VALUE, "A": VALUE},
        long={"--env-file": VALUE, "--app": VALUE, **each(("--debug", "--no-debug"), FLAG), **each(("--help", "--version"), EXIT)},
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read ``shell``, which takes no arguments."""
        execution = reading.execution
        words = [execution.argv[index] for index in command.operands]
        if words[1:] == ["--help"]:
            return reading.finish("prints")
        if words != ["shell"]:
            return reading.finish("nothing")
        startup = execution.env.get("PYTHONSTARTUP", "")
        if startup and not startup.startswith("/dev/"):
            reading.load(startup, variable="PYTHONSTARTUP")
        reading.stdin(explicit=False)
        return reading
