"""slsh: the S-Lang interpreter.

Source: slsh/slsh.c (main) of S-Lang; checked with marker code against slsh 2.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Slsh(Interpreter):
    """slsh runs the text of -e, a file, or stdin; there are no clusters."""

    id = "slsh"
    language = "slang"
    names = (r"slsh",)
    install = "apt: slsh"
    verified = ("2.3.3",)
    options = Options(
        long={
            "-e": CODE,
            **each(("--init",), VALUE),
            **each(("-g", "-n", "--no-readline", "-i", "-q", "--quiet", "-t", "-v"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        short={"D": Option("attached")},
        equals=False,
        double_dash=False,
    )

    def read(self, execution: Execution) -> Reading:
        """Read an execution: of several -e the last one runs, then the file; stdin only where there is neither."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.first("exit"):
            return reading.finish("prints")
        if command.error:
            return reading.refuse()
        folder = execution.env.get("SLSH_CONF_DIR", "")
        if folder:
            reading.load(folder.rstrip("/") + "/slsh.rc", variable="SLSH_CONF_DIR")
        codes = [given for given in command.given if given.option.role == "code"]
        for given in codes[-1:]:
            reading.code(given)
        if command.operands and not (codes and execution.argv[command.operands[0]] == "-"):
            reading.program(command.operands[0])
        elif not codes:
            reading.stdin(explicit=False)
        return reading
