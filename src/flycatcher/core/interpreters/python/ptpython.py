"""ptpython and ptipython: consoles with files; they take no text.

Source: ptpython/entry_points/run_ptpython.py and run_ptipython.py, checked with marker code against ptpython 3.0.32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.python.program import PythonProgram

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading


class PtPython(PythonProgram):
    """ptpython runs a file, or reads a session."""

    id = "ptpython"
    names = (r"pti?python(?:\d[\d.]*)?",)
    variables = ("PYTHONSTARTUP",)
    verified = ("3.0.32",)
    install = "pip: ptpython"
    options = Options(
        short={"i": Option(role="interactive"), **each("hV", EXIT)},
        long={
            "--interactive": Option(role="interactive"),
            "--config-file": Option("value", "load"),
            "--history-file": VALUE,
            **each(("--vi", "--asyncio", "--light-bg", "--dark-bg"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="argparse",
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution."""
        execution = reading.execution
        interactive = command.first("interactive") is not None
        if command.operands:
            reading.program(command.operands[0], dash=False)
        if interactive or not command.operands:
            config, startup = command.first("load"), execution.env.get("PYTHONSTARTUP", "")
            if config is not None and config.value:
                reading.load(config.value, vector="argument", index=config.at, option=config.name)
            if startup and not interactive:
                reading.load(startup, variable="PYTHONSTARTUP")
            # its editor cannot wait for a regular file; ptipython reads one
            waits = execution.stdin != "file" or execution.argv[0].rpartition("/")[2].startswith("pti")
            if waits and not any(snippet.descriptor == 0 for snippet in reading.snippets):
                reading.stdin(explicit=False)
        return reading
