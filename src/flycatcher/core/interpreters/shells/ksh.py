"""ksh93 (AT&T, 93u+m).

Source: src/cmd/ksh93/sh/args.c (sh_argopts, with AST's optget), init.c and io.c (sh_open, which takes /dev/stdin, /dev/fd/N
and /dev/tcp/HOST/PORT itself, spelled just so); checked with marker code against 93u+m/1.0.4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.interpreters.engine.options import EXIT, CommandLine, Given, Options, each
from flycatcher.core.interpreters.engine.paths import fact_of
from flycatcher.core.interpreters.names import kept_in_variables
from flycatcher.core.interpreters.shells.shell import EVALUATED, Letters, Settings, Shell

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_NO_FILE = re.compile(r"[\s;|&<>()$`\"']")
_DUPLICATED = re.compile(r"/dev/(?:std(in|out|err)|fd/\s*[-+]?0*(\d{1,9}))")
"""A name that ksh93 answers with a copy of the descriptor: sockets too are read so."""
_STANDARD = {"in": 0, "out": 1, "err": 2}
_NETWORK = re.compile(r"/dev/(?:tcp|udp|sctp)/[^/]+/[^/]+")
"""A name that ksh93 answers with a connection."""
_STARTERS = ("exec", "command", "builtin")
_RUNS_WORDS = ("eval", "trap")
_EVALUATES = re.compile(r"(?:^|[;&|({\n]|\b(?:command|builtin|exec)\s)\s*(?:eval|trap|command|builtin)\b[^;&|\n]*$")
"""A text whose last command runs the words behind it."""
_NAMED = re.compile(r"\$\{?([A-Za-z_]\w*)")
_AS_COMMAND = "no file of this name: ksh93 runs it as a command"
_STARTED = re.compile(r"(?:^|[;&|({\n])\s*(?:exec\s+)?[\"']?(/dev/stdin|/dev/fd/\d+)(?![^\s;&|)\"'])")
"""A descriptor that a text starts as a command."""
_SIGN_WITHIN = re.compile(r"[-+][^-+o]+[-+]")
"""A cluster of letters with another sign among them."""
_PRINTS = (
    "--help",
    "--man",
    "--version",
    "--usage",
    "--api",
    "--html",
    "--nroff",
    "--keys",
    "--long",
    "--short",
    "--default",
    "--copyright",
    "--c",
)


class Ksh(Shell):
    """The Korn shell."""

    id = "ksh"
    grammar = "ksh"
    names = (r"r?ksh(?:93u?m?|20\d\d)?(?:-static)?",)
    letters = Letters(
        flags="ilrDEabefhkmnptuvxBCGH-+",
        attached=True,
        optional=True,
        shy=True,
        plus_code=False,
        lone_plus=False,
        long=each(_PRINTS, EXIT),
        settings=True,
        alone=frozenset({"--c"}),
    )
    install = "apt: ksh"
    verified = ("93u+m/1.0.4",)
    options = Options(parser="own")

    def script(self, reading: Reading, index: int) -> None:
        """Read the operand that names the script: where there is no such file, ksh93 runs the operand as a command."""
        word = reading.execution.argv[index]
        if word in _STARTERS and index + 1 < len(reading.execution.argv):
            self.script(reading, index + 1)
            return
        if self.opened(reading, word, index=index):
            return
        if self.is_command(reading, word):
            self.as_command(reading, index)
        else:
            super().script(reading, index)

    def is_command(self, reading: Reading, word: str) -> bool:
        """Whether the operand is no file: a source says so, or it is a text or a builtin that runs words."""
        if word.startswith("/proc/"):
            return False
        found = fact_of(word, reading.execution)
        if found is not None and found.kind != "missing":
            return False
        return _NO_FILE.search(word) is not None or word in _RUNS_WORDS

    def as_command(self, reading: Reading, index: int) -> None:
        """Read the operand as a command, to which the words behind it are appended."""
        execution = reading.execution
        word = execution.argv[index]
        if _NO_FILE.search(word):
            reading.add("argument", word, index=index, note=_AS_COMMAND)
            self.started(reading, index)
            self.brought_in(reading, index, index + 1)
        if _EVALUATES.search(word):
            for name in _NAMED.findall(word):
                if execution.env.get(name) and not any(snippet.variable == name for snippet in reading.snippets):
                    reading.add("environment", execution.env[name], variable=name, note=EVALUATED)
            for at in range(index + 1, len(execution.argv)):
                reading.add("argument", execution.argv[at], index=at, note=EVALUATED)

    def read(self, execution: Execution) -> Reading:
        """Read the line; where the operand is no file but an interpreter's name, read the words from there on as that one does."""
        reading = super().read(execution)
        at = 0 if reading.script is None else reading.script
        name = execution.argv[at] if at else ""
        if "/" in name or not kept_in_variables(name):
            return reading
        from flycatcher.core.interpreters import interpreter_of  # noqa: PLC0415 - the package imports this file

        inner = structs.replace(execution, argv=execution.argv[at:], exe="", interpreter=None, hosted=None)
        interpreter = interpreter_of(inner)
        return reading if interpreter is None else interpreter.read(inner).shift(execution, at).prepend(reading)

    def startup(self, reading: Reading, variable: str) -> None:
        """Read a variable that names a file to run first, which may be a connection."""
        path = self.expanded(reading, variable)
        if path and not self.opened(reading, path, variable=variable):
            reading.load(path, variable=variable)

    def command(self, reading: Reading, index: int, given: Given) -> None:
        """Record the command, and the descriptor that it starts."""
        super().command(reading, index, given)
        self.started(reading, index, given.name)

    def started(self, reading: Reading, index: int, option: str = "") -> None:
        """Record a socket that a text starts as a command: sockets alone have the permission to be executed (mode 0777)."""
        for match in _STARTED.finditer(reading.execution.argv[index]):
            if _number(match[1]) or reading.execution.stdin in ("socket", "unknown"):
                reading.descriptor(f"/dev/fd/{_number(match[1])}", index=index, option=option, opened=False)

    def opened(self, reading: Reading, path: str, *, index: int | None = None, variable: str | None = None) -> bool:
        """Record a name that ksh93 opens itself; return whether it is one."""
        number = _number(path)
        if number is not None:
            reading.descriptor(f"/dev/fd/{number}", index=index, variable=variable, opened=False)
        elif _NETWORK.fullmatch(path):
            reading.add("url", None, index=index, variable=variable, url=path)
        else:
            return False
        return True

    def settings(self, reading: Reading, command: CommandLine) -> Settings:
        """-D prints translatable strings and runs nothing.

        A setting with a value is off, whatever the value; -o with a dash right behind it lists the settings and goes on; and
        behind a sign within a cluster nothing is read from stdin.
        """
        settings = Settings([given for given in command.given if not _lists(given)], self.names_of)
        for given in command.given:
            if given.name.startswith("--") and given.name != "--":
                settings.set(given.name[2:], on=given.value is None)
        if any(_SIGN_WITHIN.match(reading.execution.argv[given.index]) for given in command.given):
            settings.set("stdin", on=False)
        if "D" in settings:
            settings.set("noexec", on=True)
        return settings


def _lists(given: Given) -> bool:
    """Whether an option is ``-o-NAME``."""
    return given.name[1:] == "o" and given.at == given.index and (given.value or "").startswith("-")


def _number(path: str) -> int | None:
    """Return the descriptor that ksh93 takes a name for."""
    match = _DUPLICATED.fullmatch(path)
    if match is None:
        return None
    return _STANDARD[match[1]] if match[1] else int(match[2])
