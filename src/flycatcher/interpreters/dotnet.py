"""The .NET platform's consoles: ``dotnet fsi`` (F#), fsharpi, and Mono's csharp.

Source: ``dotnet fsi --help``, mcs/tools/csharp/repl.cs. Unverified: no registry here has them for Linux.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, VALUE, Option, Options, each, parse

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class DotnetFsi(Interpreter):
    """dotnet fsi: a script, or a session on stdin; other subcommands run no text."""

    id = "dotnet"
    language = "fsharp"
    names = (r"dotnet|fsharpi|fsi",)
    install = "no registry here; dotnet.microsoft.com"
    options = Options(
        long={
            **each(("--use", "--load"), Option("value", "load")),
            **each(("-r", "--lib"), VALUE),
            **each(("--help", "-h"), EXIT),
        },
        unknown="skip",
    )

    def read(self, execution: Execution) -> Reading:
        """Read the words behind ``fsi``."""
        dotnet = execution.argv[0].rpartition("/")[2] == "dotnet"
        if dotnet and execution.argv[1:2] != ("fsi",):
            return Reading(self, execution).end("nothing")
        command = parse(self.options, execution.argv, 2 if dotnet else 1)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        self.read_operand(reading, command.operands)
        return reading


class Csharp(Interpreter):
    """csharp of Mono, and csi of Roslyn's scripts: -e, a script, or a session on stdin."""

    id = "csharp"
    language = "csharp"
    names = (r"csharp|csharprepl|dotnet-script",)
    install = "apt: mono-csharp-shell"
    options = Options(short={"e": CODE, "r": VALUE}, long={"--help": EXIT, "-h": EXIT}, unknown="skip")
