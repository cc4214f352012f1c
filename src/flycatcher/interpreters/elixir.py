"""Elixir: elixir and iex.

Source: bin/elixir and lib/elixir/lib/kernel/cli.ex (parse_argv); checked with marker code against Elixir 1.14. ``elixir`` is
a shell script: the kernel sees ``erl ... -extra`` with the same words behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each, parse

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Elixir(Interpreter):
    """-e may be given again and again, and the file comes after; iex then reads stdin."""

    id = "elixir"
    language = "elixir"
    names = (r"elixir|iex",)
    verified = ("1.14.0",)
    install = "apt: elixir"
    options = Options(
        long={
            **each(("-e", "--eval"), CODE),
            "-r": Option("value", "file"),
            "-pr": Option("value", "file"),
            "-S": Option("value", "module", last=True),
            **each(
                ("-pa", "-pz", "--app", "--erl", "--cookie", "--name", "--sname", "--logger-otp-reports", "--boot"),
                VALUE,
            ),
            **each(("--logger-sasl-reports", "--erl-config", "--vm-args", "--remsh", "--dot-iex"), VALUE),
            **each(("--no-halt", "--hidden", "--werl", "+iex", "--no-pry"), FLAG),
            **each(("-h", "--help", "-v", "--version", "--short-version"), EXIT),
        },
        equals=False,
        unknown="skip",
    )

    def read(self, execution: Execution) -> Reading:
        """Read an execution of ``elixir`` or ``iex`` itself."""
        reading = Reading(self, execution)
        self.behind(reading, 0)
        return reading

    def behind(self, reading: Reading, index: int) -> None:
        """Read the words behind the one at ``index``."""
        words = reading.execution.argv
        console = "+iex" in words or words[0].rpartition("/")[2] == "iex"
        command = parse(self.options, words, index + 1)
        if index == 0:
            reading.command = command
        if command.first("exit"):
            reading.end("prints")
            return
        for given in command.given:
            if given.option.role == "code":
                reading.add("argument", given.value, index=given.at, option=given.name, language=self.language)
            elif given.option.role == "file":
                reading.program(given.at, option=given.name, dash=False)
        if command.operands and not console:
            codes = command.first("code")
            if codes is None:
                reading.program(command.operands[0], dash=False)
        if console:
            reading.stdin(explicit=False)
