"""knife of Chef: ``knife exec`` runs Ruby.

Source: lib/chef/knife/exec.rb and mixlib-cli. Unverified: no registry here has Chef.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Knife(Interpreter):
    """``knife exec`` runs the text of -E, its files, or stdin; other subcommands run none."""

    id = "knife"
    language = "ruby"
    kind = "embedded"
    names = (r"knife",)
    runs_on = ("ruby",)
    install = "gem: chef-cli"
    options = Options(
        short={"E": CODE, **each("pckseuVF", VALUE), **each("yazd", FLAG), **each("hv", EXIT)},
        long={
            "--exec": CODE,
            **each(
                ("--script-path", "--config", "--key", "--server-url", "--environment", "--user", "--format"), VALUE
            ),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        unknown="skip",
    )

    def read(self, execution: Execution) -> Reading:
        """Read ``knife exec``."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        words = [execution.argv[index] for index in command.operands]
        if command.error or words[:1] != ["exec"]:
            return reading.finish("nothing")
        if command.first("exit"):
            return reading.finish("prints")
        codes = [given for given in command.given if given.option.role == "code"]
        for given in codes:
            reading.code(given)
        if not codes and len(words) > 1:
            reading.program(command.operands[1])
        elif not codes:
            reading.stdin(explicit=False)
        return reading
