"""lsc of LiveScript 1.

Source: lib/command.js, lib/options.js and the package ``optionator``; checked with marker code against npm's 1.6.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
from flycatcher.core.interpreters.javascript.runners import OnNode, Word, read_module, read_node

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_CHECK = Option(role="check")
_STDIN = Option(role="stdin")
_LOAD = Option("value", "load")
_NODE = Option(detail="nodejs", last=True)
_WORD = re.compile(r"(--?)([a-zA-Z][-a-zA-Z0-9]*)(=?)([^\n\r\u2028\u2029]*)\Z")
_NUMBER = re.compile(r"-[0-9]+(?:\.[0-9]+)?\Z")
_LETTERS = {
    "v": "version", "h": "help", "c": "compile", "e": "eval", "d": "prelude", "r": "require", "s": "stdin", "j": "json",
    "n": "nodejs", "w": "watch", "k": "const", "o": "output", "p": "print", "b": "bare", "l": "lex", "t": "tokens",
    "a": "ast", "m": "map",
}  # fmt: skip
_LONG = {
    "--eval": CODE, "--require": _LOAD, "--output": VALUE, "--map": VALUE, "--stdin": _STDIN, "--nodejs": _NODE,
    "--compile": _CHECK,
    **each(("--lex", "--tokens", "--ast"), _CHECK),
    **each(("--prelude", "--json", "--watch", "--const", "--print", "--bare", "--header", "--debug", "--warn"), FLAG),
    **each(("--help", "--version"), EXIT),
}  # fmt: skip
_OFF = frozenset(("false", "False", "0"))
_NEVER_RUN = ("--lex", "--tokens", "--ast")
_MAPS = ("none", "linked", "linked-src", "embedded", "debug")


class LiveScript(OnNode):
    """lsc runs the text of the last -e, stdin for -s, a file, else stdin; with -c, -o and others it only compiles.

    With --json, compiling runs the text: its value is what is written.
    """

    id = "lsc"
    language = "livescript"
    names = (r"lsc|livescript",)
    install = "npm: livescript"
    verified = ("1.6",)
    options = Options(parser="own", short={letter: _LONG["--" + name] for letter, name in _LETTERS.items()}, long=_LONG)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words as optionator does: what is glued to a letter without ``=`` is dropped, the next word is the value."""
        line = CommandLine([], [])
        words = execution.argv
        pending: tuple[Option, str] | None = None
        at = 1
        while at < len(words) and not line.error:
            match = _WORD.match(words[at])
            if words[at] == "--" or (match is None and not pending and not _NUMBER.match(words[at])):
                at += words[at] == "--"
                break
            if match is None:
                pending = _taken(line, pending, words[at], at)
            else:
                line.error = f"{pending[1]} needs a value" if pending else ""
                pending = None if pending else _given(line, match, at)
            at += 1
            if line.given and line.given[-1].option.last:
                break
        line.error = line.error or (f"{pending[1]} needs a value" if pending else "")
        line.operands = list(range(at, len(words)))
        if any(given.name == "--map" and given.value not in _MAPS for given in line.given):
            line.error = line.error or "unknown kind of map"
        if line.has("--nodejs"):  # node is started before help is asked for
            line.given = [given for given in line.given if given.option.role != "exit"]
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the words in the order in which lsc asks for its options."""
        on = {given.name: given for given in command.given}
        if "--nodejs" in on:
            return read_node(self, reading.execution, _for_node(reading.execution.argv, on["--nodejs"].index))
        for given in command.given:
            if given.option.role == "load":
                read_module(reading, given)
        compiles = "--compile" in on or "--output" in on
        if any(name in on for name in _NEVER_RUN) or (compiles and "--json" not in on):
            return reading.finish("checks")
        self._program(reading, on, command.operands, compiles=compiles)
        return reading

    def _program(self, reading: Reading, on: dict[str, Given], operands: list[int], *, compiles: bool) -> None:
        """Read what runs: a text, stdin, the first operand."""
        code = on.get("--eval")
        if code is not None and code.value:
            data = operands and ("--json" in on or reading.execution.argv[operands[0]].endswith(".json"))
            if "--json" in on and not data and not compiles and reading.execution.stdin == "null":
                reading.refuse("--json reads its data from stdin, where there is none")
            else:
                reading.code(code)
        elif operands and "--stdin" not in on:
            reading.program(operands[0], dash=False)
        else:
            reading.stdin(explicit="--stdin" in on)


def _given(line: CommandLine, match: re.Match[str], at: int) -> tuple[Option, str] | None:
    """Read the options of one word into ``line``; return the one whose value is the next word."""
    dashes, name, sign, value = match.groups()
    if sign and not value:
        line.error = f"{match[0]} has no value"
    names = [_LETTERS.get(letter, "") for letter in name] if len(dashes) == 1 else [name.removeprefix("no-")]
    negated = len(dashes) == 2 and name.startswith("no-")
    for place, long in enumerate(names):
        option = _LONG.get("--" + long)
        last = place == len(names) - 1
        if option is None or (option.takes == "value" and (not last or negated)):
            line.error = f"unknown option {match[0]}"
        elif option.takes == "value" and not sign:
            return option, "--" + long
        elif option.takes == "value":
            line.given.append(Given(option, "--" + long, value, at, at, match.start(4)))
        elif (last and bool(sign) and value in _OFF) == negated:
            line.given.append(Given(option, "--" + long, None, at, at, 0))
        else:
            line.given[:] = [given for given in line.given if given.name != "--" + long]
    return None


def _taken(line: CommandLine, pending: tuple[Option, str] | None, word: str, at: int) -> tuple[Option, str] | None:
    """Give a waiting option its value; a number with a dash is an option that lsc does not know."""
    if pending is None or _NUMBER.match(word):
        line.error = f"unknown option {word}"
        return pending
    line.given.append(Given(pending[0], pending[1], word, at, at, 0))
    return None


def _for_node(words: tuple[str, ...], at: int) -> list[Word]:
    """Return the words with which ``-n`` at this place starts node: what follows it, then lsc with what stands before it."""
    return [*(Word(words[i], i) for i in range(at + 1, len(words))), *(Word(words[i], i) for i in range(at))]
