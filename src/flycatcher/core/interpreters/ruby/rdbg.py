"""rdbg, Ruby's debugger: its commands may be Ruby.

Source: exe/rdbg and lib/debug/config.rb (parse_argv), checked with marker code against debug 1.6 of ruby 3.1. The kernel sees ruby
with the script, which then starts ruby with the debugger in RUBYOPT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.ruby.libraries import debugger
from flycatcher.core.interpreters.ruby.ruby import Ruby

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_FILE = Option("value", "load")


class Rdbg(Interpreter):
    """Each -e and -x, then stdin, while it runs what the words that are left name: ruby's own, or with -c another program's."""

    id = "rdbg"
    language = "ruby"
    names = (r"rdbg(?:\d[\d.]*)?",)
    variables = Ruby.variables
    runs_on = ("ruby",)
    install = "apt: ruby"
    verified = ("1.6.3",)
    options = Options(
        short={"e": CODE, "x": _FILE, "O": Option("attached"), **each("nc", FLAG), **each("Ahv", EXIT)},
        long={
            "--init-script": _FILE,
            "--open": Option("attached"),
            **each(("--sock-path", "--port", "--host", "--cookie"), VALUE),
            **each(("--nonstop", "--no-rc", "--no-color", "--no-sigint-hook", "--command", "--stop-at-load"), FLAG),
            **each(("--attach", "--help", "--version"), EXIT),
            "--util": Option("value", "exit"),
        },
        permute=True,
        parser="optionparser",
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the debugger's own words, then the program's."""
        self._program(reading, command.operands, other=command.has("-c", "--command"))
        if command.has("-n", "--nonstop"):
            return reading.finish("script")
        codes = command.every("code")
        for given in command.given:
            if given.option.role == "load" and given.value and not reading.flows(given.value):
                reading.load_given(given)
        for given in codes:
            reading.code(given)
        debugger(reading, [given.value or "" for given in codes])
        return reading.finish("script")

    @staticmethod
    def _program(reading: Reading, operands: list[int], *, other: bool) -> None:
        """Read what is debugged: the words that are left are ruby's."""
        execution = reading.execution
        if other:
            operands = operands[1:] if operands and execution.argv[operands[0]].rpartition("/")[2] == "ruby" else []
            if not operands:
                return
        inner = replace(execution, argv=("ruby", *(execution.argv[index] for index in operands)), exe="")
        found = Ruby().read(inner)
        if found.outcome == "inline":
            reading.outcome = "inline"
        reading.snippets += [
            snippet if not snippet.argv_index else replace(snippet, argv_index=operands[snippet.argv_index - 1])
            for snippet in found.snippets
        ]
        reading.loads += found.loads
