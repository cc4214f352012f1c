"""The .NET platform's consoles: ``dotnet fsi`` (F#), fsharpi, and Mono's csharp.

Source: ``dotnet fsi --help``, mcs/tools/csharp/repl.cs and mcs/settings.cs; csharp was checked with marker code against
Mono 6.8, F# is unverified: no registry here has it for Linux.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, VALUE, CommandLine, Given, Option, Options, each
from flycatcher.core.interpreters.engine.parsers import parse_line
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


_OTHER = Option(detail="another subcommand")


class DotnetFsi(Interpreter):
    """dotnet fsi: a script, or a session on stdin; other subcommands run no text."""

    id = "dotnet"
    language = "fsharp"
    names = (r"dotnet|fsharpi|fsi",)
    install = "no registry here; dotnet.microsoft.com"
    options = Options(
        parser="own",
        long={
            **each(("--use", "--load"), Option("value", "load")),
            **each(("-r", "--lib"), VALUE),
            **each(("--help", "-h"), EXIT),
        },
        unknown="skip",
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words behind ``fsi``, the subcommand of dotnet, or the name of the console itself."""
        dotnet = execution.argv[0].rpartition("/")[2] == "dotnet"
        if dotnet and execution.argv[1:2] != ("fsi",):
            return CommandLine([Given(_OTHER, "", None, 0, 0, 0)], [])
        return parse_line(self.options, execution.argv, 2 if dotnet else 1)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the script, or the session."""
        if not any(given.option is _OTHER for given in command.given):
            self.read_operand(reading, command.operands)
        return reading


_STOPS = re.compile(
    r"[-/](?:help|helpinternal|\?)|--(?:help|helpinternal|about|version)|/(?:version|about)", re.IGNORECASE
)
"""Something is printed, the words behind it are left alone, and the console goes on."""


class Csharp(Interpreter):
    """csharp of Mono: files, or the text of the last -e, or a session on stdin.

    Its words are those of the compiler: a dash or a slash, values behind a colon. ``-e`` alone takes the next word.
    """

    id = "csharp"
    language = "csharp"
    names = (r"csharp|csharprepl|dotnet-script",)
    install = "apt: mono-csharp-shell"
    verified = ("mono 6.8",)
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the words; what stands behind ``--`` is the session's."""
        words = execution.argv
        reading = Reading(self, execution)
        index, texts, files = 1, [], []
        if words[1:2] == ("-s",) and len(words) > 2 and not words[2].startswith("-"):
            return self._script(reading)
        while index < len(words) and words[index] != "--" and not _STOPS.fullmatch(words[index]):
            word = words[index]
            if word == "-e" and index + 1 < len(words):
                index += 1
                texts.append(index)
            elif word in ("-r", "-lib", "-d", "-pkg", "-m", "-o") and index + 1 < len(words):
                index += 1
            elif word in ("-", "-e", "-s") or word.startswith(("-e", "--e")):
                return reading.refuse(f"unknown option {word}")
            elif word and (word[0] not in "-/@" or "/" in word[2:]):
                files.append(index)
            index += 1
        for file in files:
            reading.program(file, dash=False)
        if files:
            return reading.finish("script")
        if texts:
            reading.add("argument", words[texts[-1]], index=texts[-1], option="-e")
        else:
            reading.stdin(explicit=False)
        return reading.finish("nothing")

    @staticmethod
    def _script(reading: Reading) -> Reading:
        """Read ``-s FILE``."""
        reading.program(2, dash=False, option="-s")
        return reading
