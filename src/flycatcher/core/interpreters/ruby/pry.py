"""Ruby's other consoles: pry, ``bundle console`` and Rails' console and runner.

Source: lib/pry/cli.rb and slop.rb, bundler/cli/console.rb, railties' runner_command.rb; pry and bundler were checked with
marker code against pry 0.13 and bundler 2.3, rails is unverified: it asks for a project.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
)
from flycatcher.core.interpreters.engine.paths import is_special
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.ruby.libraries import gemfile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution


_WORD = re.compile(r"--?[a-zA-Z][a-zA-Z0-9_-]*")
_SPLIT = re.compile(r"--?([^=]+)=(.+)|-([a-zA-Z])(.+)|--no-(.+)")
"""How Slop splits a word that is not an option as it stands; the first alternative that fits counts, so ``-eX=1`` is no option."""


class _Slop:
    """One walk over the words as Pry's copy of Slop does it, without clusters and with every oddity."""

    def __init__(self, table: Options, words: Sequence[str]) -> None:
        self.line = CommandLine([], [])
        self.table = table
        attached: set[str] = set()
        taken: set[int] = set()
        for index in range(1, len(words)):
            if index not in taken and not self.line.error:
                self._item(words, index, attached, taken)
        self.line.operands = [index for index in range(1, len(words)) if index not in taken]

    def _option(self, word: str) -> tuple[str, str, str | None]:
        """Return the spelling of the option that a word is, its first letters, and the value in it."""
        key = word.removeprefix("-").removeprefix("-")
        if found := self._known(key):
            return found, "", None
        match = _SPLIT.fullmatch(word)
        name = (match[1] or match[3] or match[5]) if match else ""
        value = (match[2] or match[4]) if match else None
        return self._known(name.removeprefix("-").removeprefix("-")), name, value

    def _known(self, key: str) -> str:
        long = f"--{key}"
        short = next((f"-{letter}" for letter in self.table.short if letter == key), "")
        return short or (long if long in self.table.long else "")

    def _item(self, words: Sequence[str], index: int, attached: set[str], taken: set[int]) -> None:
        """Read one word."""
        word = words[index]
        name, split, value = self._option(word) if word.startswith("-") else ("", "", None)
        if not name:
            self.line.error = f"unknown option {word}" if word.startswith("-") else ""
            return
        same = _NAMES.get(name, name)
        option = self.table.long[name] if name in self.table.long else self.table.short[name[1:]]
        taken.add(index)
        if split:
            attached.add(same)
        at, offset = index, len(word) - len(value or "")
        if option.takes == "value" and value is None:
            at, offset, value = index + 1, 0, words[index + 1] if index + 1 < len(words) else "-x"
            if same not in attached:
                taken.add(at)
        if option.takes == "value" and _WORD.fullmatch(value or ""):
            self.line.error = f"{name} expects an argument"
            return
        self.line.given.append(Given(option, same, value, index, at, offset))


_NAMES = {"--exec": "-e", "--require": "-r", "--context": "-c", "--select-plugin": "-s", "--disable-plugin": "-d",
          "--version": "-v", "--help": "-h"}  # fmt: skip


_AT_ONCE = ("-v", "--plugins")
"""Options that print while the line is still being read."""


def _end(words: Sequence[str]) -> int:
    """Return where pry's own words end."""
    return next((at for at, word in enumerate(words) if at and word in ("-", "--")), len(words))


class Pry(Interpreter):
    """pry: -c is evaluated first; then a file, or each -e and after them a session on stdin."""

    id = "pry"
    language = "ruby"
    names = (r"pry(?:-?\d[\d.]*)?",)
    variables = ("PRYRC", "XDG_CONFIG_HOME", "DISABLE_PRY", "FAIL_PRY")
    runs_on = ("ruby",)
    install = "apt: pry"
    verified = ("0.13.1",)
    options = Options(
        parser="own",
        short={"e": CODE, "c": CODE, "r": Option("value", "load"), **each("sdI", VALUE), "f": FLAG, **each("vh", EXIT)},
        long={
            **each(("--exec", "--context"), CODE),
            "--require": Option("value", "load"),
            **each(("--select-plugin", "--disable-plugin"), VALUE),
            **each(
                ("--no-pager", "--no-history", "--no-color", "--no-plugins", "--simple-prompt", "--noprompt", "--gem"),
                FLAG,
            ),
            **each(("--version", "--help", "--plugins"), EXIT),
        },
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words in front of the first ``-`` or ``--``; those behind it are the session's."""
        line = _Slop(self.options, execution.argv[: _end(execution.argv)]).line
        if line.has(*_AT_ONCE):
            line.error = ""
        return line

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read the start-up files: they have run when help is printed."""
        if not command.error and not command.has(*_AT_ONCE):
            self._loads(reading)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the last -c, then a file, or each -e and the session."""
        execution, words = reading.execution, reading.execution.argv
        contexts = [given for given in command.given if given.name == "-c"]
        for given in contexts[-1:]:
            reading.code(given)
        named = _end(words) == len(words) and [words[at] for at in command.operands] not in ([], ["pry"])
        if named:
            reading.program(command.operands[0], dash=False)
        elif not execution.env.get("DISABLE_PRY") and not execution.env.get("FAIL_PRY"):
            for given in command.given:
                if given.name == "-e":
                    reading.code(given)
            reading.stdin(explicit=False)
        return reading.finish("nothing")

    @staticmethod
    def _loads(reading: Reading) -> None:
        """Read the file that a variable names in place of ~/.pryrc, and the files of -r."""
        line, env = reading.command or CommandLine([], []), reading.execution.env
        variable = next((name for name in ("PRYRC", "XDG_CONFIG_HOME") if env.get(name)), "")
        if variable and not line.has("-f"):
            path = env[variable] + ("/pry/pryrc" if variable != "PRYRC" else "")
            reading.load(path, variable=variable)
        for given in line.every("load"):
            reading.load_given(given)


_WITHOUT = (("config",), ("help",), ("version",), ("--version",), ("-v",), ("--help",), ("-h",))
"""Commands of Bundler that read no Gemfile."""


class Console(Interpreter):
    """``bundle console`` and ``rails console`` are sessions on stdin; ``rails runner`` takes a file, or text.

    ``bundle exec`` loads a program that is a Ruby script into its own process.
    """

    id = "ruby_console"
    language = "ruby"
    names = (r"bundler?|rails",)
    variables = ("BUNDLE_GEMFILE",)
    runs_on = ("ruby",)
    install = "apt: bundler, rails"
    verified = ("bundler 2.3.15",)
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the subcommand."""
        words = execution.argv
        reading = Reading(self, execution)
        sub = words[1] if len(words) > 1 else ""
        operands = [index for index in range(2, len(words)) if not words[index].startswith("-") or words[index] == "-"]
        if words[0].rpartition("/")[2] == "rails":
            if sub in ("console", "c"):
                reading.stdin(explicit=False)
            elif sub in ("runner", "r") and operands:
                self._runner(reading, operands)
        elif len(sub) > 3 and "console".startswith(sub):
            self._gemfile(reading, alone=False)
            reading.stdin(explicit=False)
        elif sub and "exec".startswith(sub):
            return self._inside(reading, operands)
        elif (sub,) not in _WITHOUT:
            self._gemfile(reading, alone=False)
        return reading.finish("nothing")

    @staticmethod
    def _gemfile(reading: Reading, alone: bool) -> None:
        """Read the Gemfile that Bundler evaluates where it is a descriptor."""
        words = reading.execution.argv
        for index in range(2, len(words)):
            name, sign, value = words[index].partition("=")
            at = index if sign else index + 1
            path = value if sign else words[at] if at < len(words) else ""
            if name == "--gemfile" and not alone and not reading.flows(path) and not path.startswith("-"):
                if is_special(path, reading.execution):
                    reading.descriptor(path, index=at, offset=len(name) + 1 if sign else 0)
                return
        if not alone:
            gemfile(reading)

    @staticmethod
    def _inside(reading: Reading, operands: list[int]) -> Reading:
        """Read what ``bundle exec`` loads; another program it starts, and that is an execution of its own."""
        from flycatcher.core.interpreters import by_name  # noqa: PLC0415 - the package imports this file

        at = operands[0] if operands else 0
        inner = by_name(reading.execution.argv[at]) if at else None
        if inner is None or (inner.id != "irb" and "ruby" not in inner.runs_on):
            return reading.finish("nothing")
        words = structs.replace(reading.execution, argv=reading.execution.argv[at:], exe="", interpreter=inner.id)
        return inner.read(words).shift(reading.execution, at)

    @staticmethod
    def _runner(reading: Reading, operands: list[int]) -> None:
        """Read what the runner is given: a file's name, ``-`` for stdin, or text."""
        index = next((at for at in operands if reading.execution.argv[at - 1] not in ("-e", "--environment")), -1)
        word = reading.execution.argv[index] if index > 0 else ""
        if word == "-":
            reading.stdin(explicit=True, index=index)
        elif word and not (word.endswith((".rb", ".ru")) or "/" in word.partition(" ")[0]):
            reading.add("argument", word, index=index)
