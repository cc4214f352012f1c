"""Ruby's other consoles: pry, ``bundle console`` and Rails' console and runner.

Source: lib/pry/cli.rb (Slop), bundler/cli/console.rb, railties' runner_command.rb; pry was tried by hand against
pry 0.13; the others are unverified: they ask for a project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading, descriptor_of
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.interpreters.ruby_libraries import flows, gemfile

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Pry(Interpreter):
    """pry: each -e, then a session on stdin; an operand is a file that is run first."""

    id = "pry"
    language = "ruby"
    names = (r"pry(?:-?\d[\d.]*)?",)
    runs_on = ("ruby",)
    install = "apt: pry"
    options = Options(
        short={"e": CODE, "r": Option("value", "load"), **each("sdIc", VALUE), "f": FLAG, **each("vh", EXIT)},
        long={
            "--exec": CODE,
            "--require": Option("value", "load"),
            **each(("--select-plugin", "--disable-plugin", "--context", "--gem"), VALUE),
            **each(("--no-pager", "--no-history", "--no-color", "--no-plugins", "--simple-prompt", "--noprompt"), FLAG),
            **each(("--version", "--help", "--plugins"), EXIT),
        },
        permute=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read the texts, then the session."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
        if command.operands:
            reading.program(command.operands[0])
        else:
            reading.stdin(explicit=False)
        return reading


_WITHOUT = (("config",), ("help",), ("version",), ("--version",), ("-v",), ("--help",), ("-h",))
"""Commands of Bundler that read no Gemfile."""


class Console(Interpreter):
    """``bundle console`` and ``rails console`` are sessions on stdin; ``rails runner`` takes a file, or text."""

    id = "ruby_console"
    language = "ruby"
    names = (r"bundler?|rails",)
    runs_on = ("ruby",)
    install = "apt: bundler, rails"

    def read(self, execution: Execution) -> Reading:
        """Read the subcommand."""
        words = execution.argv
        reading = Reading(self, execution)
        sub, rest = words[1:2], range(2, len(words))
        operands = [index for index in rest if not words[index].startswith("-") or words[index] == "-"]
        rails = words[0].rpartition("/")[2] == "rails"
        if not rails and sub not in _WITHOUT:
            self._gemfile(reading, sub == ("exec",))
        if sub in (("console",), ("c",)) and (rails or sub == ("console",)):
            reading.stdin(explicit=False)
        elif rails and sub in (("runner",), ("r",)) and operands:
            self._runner(reading, operands)
        return reading.end("nothing")

    @staticmethod
    def _gemfile(reading: Reading, alone: bool) -> None:
        """Read the Gemfile that Bundler evaluates where it is a descriptor."""
        words = reading.execution.argv
        for index in range(2, len(words)):
            name, sign, value = words[index].partition("=")
            at = index if sign else index + 1
            path = value if sign else words[at] if at < len(words) else ""
            if name == "--gemfile" and not alone and not flows(reading, path) and not path.startswith("-"):
                if descriptor_of(path, reading.execution.cwd) is not None:
                    reading.descriptor(path, index=at, offset=len(name) + 1 if sign else 0)
                return
        if not alone:
            gemfile(reading)

    @staticmethod
    def _runner(reading: Reading, operands: list[int]) -> None:
        """Read what the runner is given: a file's name, ``-`` for stdin, or text."""
        index = next((at for at in operands if reading.execution.argv[at - 1] not in ("-e", "--environment")), -1)
        word = reading.execution.argv[index] if index > 0 else ""
        if word == "-":
            reading.stdin(explicit=True, index=index)
        elif word and not (word.endswith((".rb", ".ru")) or "/" in word.partition(" ")[0]):
            reading.add("argument", word, index=index)
