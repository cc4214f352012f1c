"""Jupyter's commands that run text: ``jupyter console`` and ``jupyter run``.

Source: jupyter_core/command.py, jupyter_client/runapp.py, jupyter_console/app.py and nbclient/cli.py, checked with marker code
against jupyter-client 8.10 and jupyter-console 6.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.argparse import ArgparseProgram
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.python.ipython import parse_traits

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Jupyter(ArgparseProgram):
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
        abbreviations=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read ``jupyter console`` and ``jupyter run``."""
        words = execution.argv
        name = words[0].rpartition("/")[2]
        direct = name.partition("-")[2]
        sub = direct or (words[1] if len(words) > 1 else "")
        if sub not in ("console", "run"):
            return Reading(self, execution).finish("nothing")
        command = parse_traits(self.options, words, 1 if direct else 2)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit") or command.has("--generate-config"):
            return reading.finish("prints")
        if sub == "run" and command.operands:
            for index in command.operands:
                reading.program(index, dash=False)
        elif sub == "run" or execution.stdin != "file" or command.has("--simple-prompt"):
            reading.stdin(explicit=sub == "run")  # the console's editor cannot wait for a regular file
        return reading
