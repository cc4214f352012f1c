"""Jupyter's commands that run text: ``jupyter console`` and ``jupyter run``.

Source: jupyter_core/command.py, jupyter_client/runapp.py, jupyter_console/app.py and nbclient/cli.py, checked with marker code
against jupyter-client 8.10 and jupyter-console 6.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.python.ipython import parse_traits
from flycatcher.core.interpreters.python.program import PythonProgram

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Jupyter(PythonProgram):
    """jupyter console: a session; jupyter run: files, or what stdin holds. The other commands run notebooks, or none."""

    id = "jupyter"
    names = (r"jupyter(?:-console|-run)?",)
    verified = ("jupyter-client 8.10, jupyter-console 6.6",)
    install = "pip: jupyter-console"
    options = Options(
        short={"f": VALUE, "y": FLAG, "h": EXIT, "V": EXIT},
        long={
            **each(("--config", "--ip", "--transport", "--hb", "--shell", "--iopub", "--stdin", "--control"), VALUE),
            **each(("--kernel", "--ssh", "--log-level", "--f"), VALUE),
            "--existing": Option("optional"),
            **each(("--debug", "--generate-config", "--y", "--confirm-exit", "--no-confirm-exit"), FLAG),
            **each(("--simple-prompt", "--no-simple-prompt"), FLAG),
            **each(("--help", "--help-all", "--version", "--show-config", "--show-config-json"), EXIT),
        },
        permute=True,
        parser="argparse",
    )

    def read(self, execution: Execution) -> Reading:
        """Read ``jupyter console`` and ``jupyter run``."""
        if _command(execution)[0] not in ("console", "run"):
            return Reading(self, execution).finish("nothing")
        return super().read(execution)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words behind the command as traitlets does."""
        return parse_traits(self.options, execution.argv, _command(execution)[1])

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the files of ``run``, or stdin."""
        runs = _command(reading.execution)[0] == "run"
        if command.has("--generate-config"):
            return reading.finish("prints")
        if runs and command.operands:
            for index in command.operands:
                reading.program(index, dash=False)
        elif runs or reading.execution.stdin != "file" or command.has("--simple-prompt"):
            reading.stdin(explicit=runs)  # the console's editor cannot wait for a regular file
        return reading


def _command(execution: Execution) -> tuple[str, int]:
    """Return the command, by the program's own name or the first word, and the index of the words behind it."""
    words = execution.argv
    direct = words[0].rpartition("/")[2].partition("-")[2]
    return (direct, 1) if direct else (words[1] if len(words) > 1 else "", 2)
