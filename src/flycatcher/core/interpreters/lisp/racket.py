"""Racket.

Source: racket/src/cs/main.sps and racket -h; checked with marker code against Racket 8.7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Given, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_LOAD = Option("value", "file")
_LAST = Option("value", "file", last=True)
_MODULE = Option("value", "module")
_REPL = Option(role="interactive")
_LONG = {
    "--eval": "e", "--load": "f", "--require": "t", "--lib": "l", "--script": "r", "--require-script": "u",
    "--main": "m", "--repl": "i", "--no-lib": "n", "--version": "v", "--no-yield": "V", "--make": "y",
    "--no-compiled": "c", "--no-init-file": "q", "--collects": "X", "--search": "S", "--config": "G",
    "--addon": "A", "--no-user-path": "U", "--compiled": "R", "--cross": "C", "--name": "N", "--exec": "E",
    "--no-jit": "j", "--compile-any": "M", "--no-delay": "d", "--binary": "b", "--warn": "W", "--stdout": "O",
    "--syslog": "L", "--help": "h",
}  # fmt: skip


class Racket(Interpreter):
    """Letters in one word take their values from the words that follow, in order: ``-ifve FILE EXPRESSION``."""

    id = "racket"
    language = "racket"
    names = (r"g?racket(?:cs|bc|3m)?",)
    verified = ("8.7",)
    install = "apt: racket"
    exit_first = True
    options = Options(
        parser="own",
        short={
            "e": Option("value", "code"),
            "f": _LOAD,
            **each("tu", _LOAD),
            "r": _LAST,
            "u": _LAST,
            **each("lp", _MODULE),
            **each("IXSGARNEWOLZ", VALUE),
            **each("mnycqUCjMdb", FLAG),
            **each("vV", Option(role="define")),
            "i": _REPL,
            "h": EXIT,
        },
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; a word's letters share the words that follow."""
        words = execution.argv
        line = CommandLine([], [])
        at = 1
        while at < len(words) and len(words[at]) > 1 and words[at][0] in "-+" and not line.error:
            index, word = at, words[at]
            at += 1
            if word == "--":
                break
            letters = _LONG.get(word, "") if word.startswith("--") else word[1:]
            if not letters:
                line.error = f"bad switch {word}"
            for letter in letters:
                option = self.options.short.get(letter)
                if option is None or (option.takes == "value" and at >= len(words)):
                    line.error = f"bad switch -{letter}, or no argument for it"
                    break
                value = words[at] if option.takes == "value" else None
                place = at if option.takes == "value" else index
                line.given.append(Given(option, f"-{letter}", value, index, place, 0))
                at += option.takes == "value"
            if line.given and line.given[-1].option.last:
                break
        line.operands = list(range(at, len(words)))
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read expressions and files in their order; a first operand is a module where only settings stand."""
        runs = command.first("code", "file", "module", "interactive", "define") or command.has("-m")
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
            elif given.option.role == "file":
                reading.program(given.at, option=given.name, dash=False)
        if not runs and command.operands:
            reading.program(command.operands[0], dash=False)
        elif not runs or command.first("interactive"):
            reading.stdin(explicit=False)
        return reading
