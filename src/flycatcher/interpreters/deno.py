"""Deno 2.

Source: cli/args/flags.rs (clap tables of ``eval``, ``run``, ``serve``, ``repl``); checked with marker code against npm's 2.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading, is_url
from flycatcher.interpreters.dataurl import decode
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each, parse

if TYPE_CHECKING:
    from flycatcher.execution import Execution
    from flycatcher.interpreters.options import CommandLine, Given

_EQUALS = Option("attached", pattern="=.*")
_LOAD = Option("value", "load")
_SUBCOMMANDS = frozenset((
    "add", "approve-scripts", "audit", "bench", "bump-version", "bundle", "cache", "check", "ci", "clean", "compile", "completions",
    "coverage", "create", "deploy", "doc", "eval", "fmt", "help", "info", "init", "install", "json_reference", "jupyter", "lint",
    "lsp", "outdated", "pack", "publish", "remove", "repl", "run", "sandbox", "serve", "task", "test", "transpile", "types",
    "uninstall", "update", "upgrade", "vendor", "why", "x",
))  # fmt: skip
_RUNS = ("eval", "run", "serve")
_VALUES = """ext import-map node-modules-linker config cert min-dep-age location seed log-level inspect-publish-uid
    conditions host port lock"""
_TABLE = Options(
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
_REPL = Options(short=_TABLE.short, long={**_TABLE.long, "--eval": CODE, "--eval-file": _LOAD}, unknown="skip")


class Deno(Interpreter):
    """Deno: ``eval CODE``; a script, a URL or ``-`` with or without ``run``; ``repl``."""

    id = "deno"
    language = "typescript"
    names = (r"deno(?:\.exe)?",)
    technique = "T1059.007"
    options = _TABLE
    install = "npm: deno"
    verified = ("2.9",)

    def read(self, execution: Execution) -> Reading:
        """Find the subcommand; without one a word is a script, and no word at all is ``repl``."""
        words = execution.argv
        outer = parse(_TABLE, words)
        ended = bool(outer.operands) and words[outer.operands[0] - 1] == "--"
        name = words[outer.operands[0]] if outer.operands and not ended else "repl"
        start = outer.operands[0] + 1 if outer.operands else len(words)
        command = (
            parse(_REPL if name == "repl" else _TABLE, words, start) if name in _SUBCOMMANDS and not ended else outer
        )
        reading = Reading(self, execution, command)
        if outer.error or command.error:
            return reading.refuse(outer.error or command.error)
        if outer.first("exit") or command.first("exit"):
            return reading.end("prints")
        for given in (*outer.given, *(command.given if command is not outer else ())):
            if given.option.role == "load" and (name in _RUNS or name not in _SUBCOMMANDS):
                self.preload(reading, given)
        if name == "eval":
            if not command.operands or words[command.operands[0] - 1] == "--":
                return reading.refuse("eval needs a text")
            reading.add("argument", words[command.operands[0]], index=command.operands[0], option="eval")
        elif name == "repl" and not ended and command.operands and words[command.operands[0] - 1] != "--":
            return reading.refuse("repl takes no script")
        elif name == "repl":
            self.repl(reading, command, asked=bool(outer.operands))
        elif name in ("run", "serve") or name not in _SUBCOMMANDS:
            self.script(reading, command)
        return reading.end("module")

    def repl(self, reading: Reading, command: CommandLine, *, asked: bool) -> None:
        """Read a session: its first text, then stdin."""
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
        reading.stdin(explicit=asked)

    def script(self, reading: Reading, command: CommandLine) -> None:
        """Read the word that names the program: a URL, ``-``, or a file."""
        if not command.operands:
            reading.end("prints")
            return
        index = command.operands[0]
        if not self.url(reading, reading.execution.argv[index], index, 0, ""):
            reading.program(index)

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
        if is_url(word) and word.lower().startswith(("http:", "https:", "blob:")):
            reading.add("url", None, index=index, offset=offset, option=option, url=word)
            return True
        return False
