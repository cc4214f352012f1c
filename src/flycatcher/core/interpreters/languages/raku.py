"""Raku on Rakudo (once perl6).

Source: src/main.nqp and HLL/Compiler.nqp; checked with marker code against Rakudo 2022.12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Option,
    Options,
    each,
    parse,
)
from flycatcher.core.interpreters.engine.paths import planted_path

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_GLUED = Option("attached")


class Raku(Interpreter):
    """raku (perl6): -e, a file, ``-`` or stdin."""

    id = "raku"
    language = "raku"
    names = (r"raku(?:do)?|perl6(?:-m)?",)
    runs_on = ("sh", "bash")
    install = "apt: rakudo"
    verified = ("2022.12",)
    variables = ("RAKULIB", "PERL6LIB")
    options = Options(
        parser="own",
        short={
            "e": CODE,
            "c": Option(role="check"),
            "M": VALUE,
            "I": VALUE,
            "o": VALUE,
            **each("np", FLAG),
            **each("hvV", EXIT),
        },
        long={
            **each(
                ("--encoding", "--output", "--profile-filename", "--profile-kind", "--profile-stage", "--rakudo-home"),
                VALUE,
            ),
            **each(("--repl-mode", "--nqpevent", "--debug-port"), VALUE),
            **each(("--optimize", "--profile", "--profile-compile", "--stagestats"), _GLUED),
            **each(("--ll-exception", "--full-cleanup", "--tracing", "--combine", "--debug-suspend"), FLAG),
            **each(("--target", "--doc"), Option("attached", "check")),
            **each(("--help", "--version"), EXIT),
        },
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; ``-e`` in a word of its own ends the options, and two texts are an error."""
        words = execution.argv
        end = next((at for at in range(1, len(words)) if words[at] == "-e"), len(words)) + 2
        line = parse(self.options, words[:end])
        if line.operands:
            return parse(self.options, words)
        line.operands = list(range(min(end, len(words)), len(words)))
        if sum(given.option.role == "code" for given in line.given) > 1:
            line.error = line.error or "two texts"
        return line

    def read_loads(self, reading: Reading, command: CommandLine) -> None:
        """Record a module of ``-M`` that is found in a folder of RAKULIB, or of ``-I``, where anyone may write."""
        env = reading.execution.env
        folders = [given.value or "" for given in command.given if given.name == "-I"]
        folders += (env.get("RAKULIB") or env.get("PERL6LIB", "")).split(",")
        for given in command.given:
            if given.name == "-M" and given.value:
                name = given.value.replace("::", "/")
                files = [f"{name}{ending}" for ending in (".rakumod", ".pm6", ".pm")]
                if path := planted_path(
                    [folder for each in folders for folder in each.split(",")], files, reading.execution
                ):
                    reading.load(path, vector="module-option", index=given.at, option=given.name)
