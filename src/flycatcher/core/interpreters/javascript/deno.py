"""Deno 2.

Source: cli/args/flags.rs (clap tables of ``eval``, ``run``, ``serve``, ``repl``); checked with marker code against npm's 2.9.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

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
)
from flycatcher.core.interpreters.engine.parsers import parse_line
from flycatcher.core.interpreters.engine.paths import is_special, is_url
from flycatcher.core.interpreters.javascript.dataurl import decode
from flycatcher.core.interpreters.javascript.node import split_variable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import Given
    from flycatcher.core.interpreters.engine.reading import Reading

_EQUALS = Option("attached", pattern="=.*")
_LOAD = Option("value", "load")
_SUBCOMMANDS = frozenset((
    "add", "approve-scripts", "audit", "bench", "bump-version", "bundle", "cache", "check", "ci", "clean", "compile", "completions",
    "coverage", "create", "deploy", "desktop", "doc", "eval", "fmt", "help", "i", "info", "init", "install", "json_reference",
    "jupyter", "link", "lint", "list", "lsp", "outdated", "pack", "publish", "remove", "repl", "run", "sandbox", "serve", "task",
    "test", "transpile", "types", "uninstall", "unlink", "update", "upgrade", "vendor", "watch", "why", "x",
))  # fmt: skip
_RUNS = ("eval", "run", "serve", "watch", "test", "bench")
_VALUES = """ext import-map node-modules-linker config cert min-dep-age location seed log-level inspect-publish-uid
    conditions host port lock filter reporter junit-path retry repeats shard related cwd jobs package"""
_TABLE = Options(
    parser="clap",
    short={**each("AqpMh", FLAG), **each("RWINESPr", _EQUALS), **each("Lc", VALUE), "h": EXIT, "V": EXIT},
    long={
        **each(("--help", "--version"), EXIT),
        **each(("--preload", "--import", "--require"), _LOAD),
        **each(
            [f"--{name}" for name in _VALUES.split()],
            VALUE,
        ),
    },
    unknown="skip",
)
_REPL = Options(
    parser="clap", short=_TABLE.short, long={**_TABLE.long, "--eval": CODE, "--eval-file": _LOAD}, unknown="skip"
)
_TABLES = {
    "repl": _REPL,
    "x": Options(parser="clap", short={**_TABLE.short, "p": VALUE}, long=_TABLE.long, unknown="skip"),
    "task": Options(
        parser="clap",
        short={**_TABLE.short, **each("fj", VALUE), "r": FLAG},
        long={**_TABLE.long, "--eval": FLAG},
        unknown="skip",
    ),
}
"""Of subcommands that mean something else by a letter or a name."""


class Deno(Interpreter):
    """Deno: ``eval CODE``; a script, a URL or ``-`` with or without ``run``; ``repl``."""

    id = "deno"
    language = "typescript"
    in_variables = True
    names = (r"deno(?:\.exe)?",)
    variables = ("NODE_OPTIONS",)
    technique = "T1059.007"
    options = _TABLE
    install = "npm: deno"
    verified = ("2.9",)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words in front of the subcommand, then its own; what stands in front counts for it, too."""
        words = execution.argv
        outer = parse_line(_TABLE, words)
        name = _subcommand(words, outer)
        if name not in _SUBCOMMANDS or not outer.operands or _ended(words, outer):
            return outer
        inner = parse_line(_TABLES.get(name, _TABLE), words, outer.operands[0] + 1)
        return CommandLine([*outer.given, *inner.given], inner.operands, outer.error or inner.error)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read what the subcommand runs; without one a word is a script, and no word at all is ``repl``."""
        words = reading.execution.argv
        outer = parse_line(_TABLE, words)
        name, ended = _subcommand(words, outer), _ended(words, outer)
        if name in _RUNS or name not in _SUBCOMMANDS:
            self.loads(reading, command.given)
        if name == "repl" and not ended and command.operands and words[command.operands[0] - 1] != "--":
            return reading.refuse("repl takes no script")
        if name == "repl":
            self.repl(reading, command, asked=bool(outer.operands))
        else:
            self.program(reading, command, name)
        return reading.finish("module")

    def program(self, reading: Reading, command: CommandLine, name: str) -> None:
        """Read what a subcommand runs; any other word is a script."""
        if name == "eval":
            self.text(reading, command)
        elif name == "task":
            self.task(reading, command)
        elif name == "x":
            self.package(reading, command)
        elif name in ("test", "bench"):
            self.tests(reading, command, name)
        elif name in _RUNS or name not in _SUBCOMMANDS:
            self.script(reading, command, name)

    def text(self, reading: Reading, command: CommandLine) -> None:
        """Read the text of ``eval``."""
        words = reading.execution.argv
        if not command.operands or words[command.operands[0] - 1] == "--":
            reading.refuse("eval needs a text")
        else:
            reading.add("argument", words[command.operands[0]], index=command.operands[0], option="eval")

    def task(self, reading: Reading, command: CommandLine) -> None:
        """Read the text of ``task --eval``, which runs in Deno's own shell."""
        if command.has("--eval") and command.operands:
            index = command.operands[0]
            reading.add("argument", reading.execution.argv[index], index=index, option="--eval", language="shell")

    def repl(self, reading: Reading, command: CommandLine, *, asked: bool) -> None:
        """Read a session: the last text, then stdin."""
        code = next((given for given in command.given[::-1] if given.option.role == "code"), None)
        if code is not None:
            reading.code(code)
        reading.stdin(explicit=asked)

    def script(self, reading: Reading, command: CommandLine, name: str) -> None:
        """Read the word that names the program: a URL, ``-``, or a file."""
        words = reading.execution.argv
        if not command.operands or (name == "run" and words[command.operands[0] - 1] == "--"):
            reading.finish("prints")
            return
        index = command.operands[0]
        if words[index] == "-" and (name == "watch" or command.has("--watch", "--hmr")):
            reading.refuse("stdin cannot be watched")
        elif not self.url(reading, words[index], index, 0, ""):
            reading.program(index, dash=name != "serve")

    def package(self, reading: Reading, command: CommandLine) -> None:
        """Read the word of ``x``: a package's command, or a URL."""
        if command.operands:
            self.url(reading, reading.execution.argv[command.operands[0]], command.operands[0], 0, "")

    def tests(self, reading: Reading, command: CommandLine, name: str) -> None:
        """Read the files of ``test`` and ``bench``; ``test`` reads each file twice, so that a pipe is empty the second time."""
        for index in command.operands:
            word = reading.execution.argv[index]
            path = _path(word) or word
            if word.startswith(("http:", "https:")):
                reading.add("url", None, index=index, url=word)
            elif is_special(path, reading.execution) and (
                name == "bench" or reading.execution.stdin not in ("pipe", "socket")
            ):
                reading.descriptor(path, index=index)

    def loads(self, reading: Reading, given: Sequence[Given]) -> None:
        """Read what runs before the program: modules that options name, and those of NODE_OPTIONS."""
        for each_given in given:
            if each_given.option.role == "load":
                self.preload(reading, each_given)
        words, _, error = split_variable(reading.execution.env.get("NODE_OPTIONS", ""))
        for name, value in pairwise(words):
            if name in ("-r", "--require") and value.startswith((".", "/")) and not error:
                reading.load(value, variable="NODE_OPTIONS", option=name)

    def preload(self, reading: Reading, given: Given) -> None:
        """Read a module that runs before the program."""
        value = given.value or ""
        if not self.url(reading, value, given.at, given.offset, given.name) and value.startswith((".", "/")):
            reading.load(value, vector="argument", index=given.at, option=given.name)

    def url(self, reading: Reading, word: str, index: int, offset: int, option: str) -> bool:
        """Record a module that stands in a URL, or behind one; return whether it does."""
        data = decode(word)
        if data is not None:
            if data.language:
                reading.add(
                    "url", data.text, index=index, offset=offset, option=option, url=word, language=data.language
                )  # fmt: skip
            return True
        scheme = word[: word.find(":")].lower() if is_url(word) else ""
        if scheme in ("http", "https", "blob"):
            reading.add("url", None, index=index, offset=offset, option=option, url=word)
            return True
        if scheme == "file":
            path = _path(word)
            if is_special(path, reading.execution):
                reading.descriptor(path, index=index, offset=offset, option=option)
            return True
        return False


def _ended(words: Sequence[str], outer: CommandLine) -> bool:
    """Whether ``--`` stands in front of the first operand, so that it is no subcommand."""
    return bool(outer.operands) and words[outer.operands[0] - 1] == "--"


def _subcommand(words: Sequence[str], outer: CommandLine) -> str:
    """Return the word that may be a subcommand; without any it is ``repl``."""
    return words[outer.operands[0]] if outer.operands and not _ended(words, outer) else "repl"


def _path(word: str) -> str:
    """Return the path of a ``file:`` URL; empty for any other word."""
    return unquote(word[5:].removeprefix("//").removeprefix("localhost")) if word[:5].lower() == "file:" else ""
