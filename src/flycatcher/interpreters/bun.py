"""Bun 1.

Source: src/cli/Arguments.zig (the clap tables) and src/cli.zig (which command a word names); checked with marker code
against npm's 1.4.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.dataurl import decode
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each, parse

if TYPE_CHECKING:
    from flycatcher.execution import Execution
    from flycatcher.interpreters.options import CommandLine, Given
    from flycatcher.snippet import Vector

_LOAD = Option("value", "load")
_VALUES = """elide-lines filter shell watch-kill-signal cpu-prof-name cpu-prof-dir install cpu-prof-interval heap-
    prof-name heap-prof-dir heap-prof-interval port conditions fetch-preconnect max-http-header-size dns-
    result-order redirect-warnings disable-warning title unhandled-rejections console-depth user-agent main-
    fields extension-order tsconfig-override define drop feature loader jsx-factory jsx-fragment cwd jsx-
    import-source jsx-runtime env-file cron-title cron-period"""
_TABLE = Options(
    short={**each("bhi", FLAG), **each("ep", CODE), "r": _LOAD, **each("dlF", VALUE), "h": EXIT, "v": EXIT},
    long={
        **each(("--eval", "--print", "-pe"), CODE),
        **each(("--preload", "--require", "--import"), _LOAD),
        **each(("--help", "--version", "--revision"), EXIT),
        **each(
            [f"--{name}" for name in _VALUES.split()],
            VALUE,
        ),
    },
    unknown="skip",
)
_PRINTS = ("-p", "--print", "-pe")
_OTHER = frozenset((
    "test", "x", "install", "i", "add", "a", "remove", "rm", "update", "audit", "outdated", "link", "unlink", "publish", "patch",
    "pm", "info", "why", "build", "init", "create", "c", "upgrade", "completions", "ci",
))  # fmt: skip


_QUOTED = re.compile(r"--(?:eval|print)[ =]+(?=['\"])")
"""Bun keeps the quotes behind a long option in BUN_OPTIONS: such a text is one string literal, and does nothing."""


def _precedence(given: Given) -> tuple[bool, int]:
    """Order texts: one that is printed wins over the others, a later one over an earlier one."""
    return given.name in _PRINTS, given.index


class Bun(Interpreter):
    """Bun: the last of ``-e`` and ``-p`` runs; else a script, a ``data:`` URL, ``-``; ``exec`` takes shell text."""

    id = "bun"
    language = "typescript"
    names = (r"bun(?:\.exe|-profile)?",)
    technique = "T1059.007"
    options = _TABLE
    install = "npm: bun"
    verified = ("1.4",)

    def read(self, execution: Execution) -> Reading:
        """Read BUN_OPTIONS, then the words."""
        command = parse(_TABLE, execution.argv)
        name = self.name(execution, command)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        before = self.variable(execution)
        first = [given for given in before.given if given.option.role == "code"]
        if name in _OTHER and not first:
            return reading.end("module")
        if name in ("run", "repl"):
            command = reading.command = parse(_TABLE, execution.argv, command.operands[0] + 1)
        self.preload(reading, before, "BUN_OPTIONS")
        self.preload(reading, command, None)
        codes = [
            given for given in command.given if given.option.role == "code" and (name != "run" and not (name and first))
        ]
        last = max(codes, key=_precedence, default=None)
        if first and (last is None or _precedence(first[-1])[0] > _precedence(last)[0]):
            reading.add("environment", first[-1].value, variable="BUN_OPTIONS", option=first[-1].name)
        elif last is not None:
            reading.code(last)
        else:
            self.program(reading, name, command.operands)
        return reading.end("prints")

    def name(self, execution: Execution, command: CommandLine) -> str:
        """Return the command: the first word without a dash, be it an option's value; else a word is a script."""
        words = execution.argv
        if not command.operands or command.first("code") is not None:
            return ""
        found = words[command.operands[0]]
        if found == next((word for word in words[1:] if not word.startswith("-")), ""):
            return found
        return "run without a target" if found == "run" else ""

    def program(self, reading: Reading, name: str, operands: list[int]) -> None:
        """Read what runs where no option holds the text."""
        if name == "exec" and operands[1:]:
            index = operands[1]
            reading.add("argument", reading.execution.argv[index], index=index, option="exec", language="shell")
        elif name == "repl":
            reading.stdin(explicit=True)
        elif operands and name != "run without a target":
            self.script(reading, operands[0])

    def variable(self, execution: Execution) -> CommandLine:
        """Read the options in BUN_OPTIONS, which count before those of the command line."""
        value = _QUOTED.sub("--title=", execution.env.get("BUN_OPTIONS", ""))
        try:
            return parse(_TABLE, shlex.split(value), 0)
        except ValueError:
            return parse(_TABLE, value.split(), 0)

    def preload(self, reading: Reading, command: CommandLine, variable: str | None) -> None:
        """Read the modules that run before the program, from the words or from a variable."""
        vector: Vector = "argument" if variable is None else "environment"
        for given in command.given:
            if given.option.role == "load" and given.value and given.value.startswith((".", "/")):
                index = given.at if variable is None else None
                reading.load(given.value, vector=vector, index=index, option=given.name, variable=variable)

    def script(self, reading: Reading, index: int) -> None:
        """Read the word that names the program."""
        word = reading.execution.argv[index]
        data = decode(word)
        if data is not None:
            reading.add("url", data.text, index=index, url=word, language=data.language)
        elif word.startswith(("/dev/stdin", "/dev/fd/0")) and reading.execution.stdin in ("pipe", "socket"):
            reading.refuse("bun does not find the real path of a pipe")
        else:
            reading.program(index)
