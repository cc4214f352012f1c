"""coffee of CoffeeScript 2.

Source: src/command.coffee and src/optparse.coffee; checked with marker code against npm's 2.7.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Given, Option, Options, each
from flycatcher.core.interpreters.javascript.runners import OnNode, Word, read_module, read_node

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_CHECK = Option(role="check")
_SESSION = Option(role="interactive")
_STDIN = Option(role="stdin")
_EVAL = Option(detail="eval")
_LOAD = Option("value", "load")
_OUTPUT = Option("value", "check")
_CLUSTER = re.compile(r"-(\w{2,})", re.ASCII)
_SINGLE = re.compile(r"--\w[\w-]*|-\w$", re.ASCII)
_INDENTED = re.compile(r"^(?: {4}|\t)", re.MULTILINE)


class Coffee(OnNode):
    """coffee runs the text of -e, stdin for -s, a file, or a session; with -p, -c and others it only compiles."""

    id = "coffee"
    language = "coffeescript"
    names = (r"coffee",)
    install = "npm: coffeescript"
    verified = ("2.7",)
    options = Options(
        parser="own",
        short={"e": _EVAL, "r": _LOAD, "o": _OUTPUT, "j": VALUE, "s": _STDIN, "i": _SESSION, **each("pcnm", _CHECK),
               **each("blMtw", FLAG), **each("hv", EXIT)},
        long={
            "--eval": _EVAL, "--require": _LOAD, "--output": _OUTPUT, "--join": VALUE, "--nodejs": Option("value", detail="nodejs"),
            "--stdio": _STDIN, "--interactive": _SESSION,
            **each(("--print", "--compile", "--nodes", "--tokens", "--ast", "--map"), _CHECK),
            **each(("--bare", "--literate", "--inline-map", "--no-header", "--transpile", "--watch"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: a cluster's letters count up to its first sign, and any other word with a dash is an operand."""
        line = CommandLine([], [])
        words = execution.argv
        at = 1
        while at < len(words) and not line.error:
            names = _names(words[at])
            if not names:
                break
            at = self._options(line, words, at, names)
        at += words[at : at + 1] == ("--",)
        line.operands = list(range(at, len(words)))
        if line.has("--nodejs"):  # node is started before help is asked for
            line.given = [given for given in line.given if given.option.role != "exit"]
        return line

    def _options(self, line: CommandLine, words: tuple[str, ...], at: int, names: list[str]) -> int:
        """Read the options of one word; return the index of the next word to read."""
        for place, name in enumerate(names):
            option = self.options.long.get(name) or self.options.short.get(name[1:])
            takes = option is not None and option.takes == "value"
            if option is None or (takes and (place < len(names) - 1 or at + 1 == len(words))):
                line.error = f"{name} is unknown, or has no value"
                return at
            value = words[at + 1] if takes else None
            line.given.append(Given(option, name, value, at, at + takes, 0))
        return at + 1 + (line.given[-1].value is not None)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the words in the order in which coffee asks for its options."""
        node = next((given for given in command.given[::-1] if given.option.detail == "nodejs"), None)
        if node is not None:
            return read_node(self, reading.execution, _for_node(reading.execution.argv, node))
        session = command.first("interactive") is not None or not (
            command.operands or command.first("stdin") or command.has("-e", "--eval")
        )
        if session or not command.first("check"):
            self._loads(reading, command)
        if session:
            reading.stdin(explicit=command.first("interactive") is not None)
        elif command.first("check"):
            return reading.finish("checks")
        else:
            self._program(reading, command)
        return reading

    def _program(self, reading: Reading, command: CommandLine) -> None:
        """Read what runs: stdin, the first operand as text, or as a file."""
        literate = command.has("-l", "--literate")
        if command.first("stdin"):
            reading.stdin(explicit=True)
        elif command.has("-e", "--eval"):
            at = command.operands[0] if command.operands else None
            if at is None:
                reading.refuse("-e needs a text")
            elif not literate or _INDENTED.search(reading.execution.argv[at]):  # the rest of such a text is a comment
                reading.add("argument", reading.execution.argv[at], index=at, option="-e")
        else:
            reading.program(command.operands[0], dash=False)

    def _loads(self, reading: Reading, command: CommandLine) -> None:
        """Read the modules of -r: their names are put between quotes into a text that runs first."""
        for given in command.given:
            if given.option.role == "load":
                if "'" in (given.value or ""):
                    reading.code(given, "module-option")
                else:
                    read_module(reading, given)


def _names(word: str) -> list[str]:
    """Return the options of one word with their dashes; none where it is an operand."""
    cluster = _CLUSTER.match(word)
    if cluster is not None:
        return ["-" + letter for letter in cluster[1]]
    return [word] if _SINGLE.match(word) else []


def _for_node(words: tuple[str, ...], given: Given) -> list[Word]:
    """Return the words with which ``--nodejs`` starts node: its own ones, then coffee again without it."""
    own = [Word(match[0], given.at, match.start()) for match in re.finditer(r"\S+", given.value or "")]
    first = words.index("--nodejs")
    return [*own, *(Word(word, at) for at, word in enumerate(words) if at not in (first, first + 1))]
