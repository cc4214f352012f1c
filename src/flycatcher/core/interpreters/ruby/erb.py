"""erb: templates that hold Ruby.

Source: libexec/erb (ERB::Main), checked with marker code against erb 2.2 of ruby 3.1. The kernel sees ruby with the script.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, UNKNOWN, CommandLine, Given, Options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_VARIABLE = re.compile(r"\w+=")
_FLAGS = ("-x", "-n", "-v", "-d", "-U", "-P", "--debug")
_PRINTS = ("--version", "--help", "-x")
_VALUED = {
    "-S": re.compile(r"[01]\Z"), "-T": re.compile(r"[-0-2]\Z"), **dict.fromkeys(("-r", "-E", "--encoding"), re.compile(".")),
}  # fmt: skip


class Erb(Interpreter):
    """erb runs its operands as one template, or stdin; ``-x`` prints the Ruby in place of running it."""

    id = "erb"
    language = "erb"
    kind = "embedded"
    names = (r"erb(?:\d[\d.]*)?",)
    runs_on = ("ruby",)
    install = "apt: ruby"
    verified = ("2.2.3",)
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the switches as the script does, which has a loop of its own for them."""
        line = CommandLine([], [])
        at = _switches(list(execution.argv), line)
        line.operands = list(range(at, len(execution.argv)))
        return line

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the operands; without any, stdin, whatever it is."""
        for index in operands:
            self.read_file(reading, index)
        if not operands:
            reading.stdin(explicit=True)
        reading.finish("script")


def _switches(words: list[str], line: CommandLine) -> int:
    """Read the switches into ``line``; return the index of the first operand. An attached value is read again as a switch."""
    at = 1
    while at < len(words):
        word, attached = words[at], ""
        if word == "--" or not (_VARIABLE.match(word) or (word[:1] == "-" and len(word) > 1)):
            return at + (word == "--")
        at += 1
        if word.startswith("--"):
            word, _, attached = word.partition("=")
        elif word[0] == "-" and len(word) > 2:
            word, attached = word[:2], word[2:]
            at -= 1
            words[at] = "-" + attached
            if attached[0] == "-" and word != "-T":
                line.error = 'unknown switch "-"'
                return at
        if word in _PRINTS:
            line.given.append(Given(EXIT, word, None, at - 1, at - 1, 0))
            if word != "-x":
                return at
        value = attached or (words[at] if at < len(words) else "")
        at += word in _VALUED and not attached
        line.error = _refusal(word, value)
        if line.error:
            return at
    return at


def _refusal(word: str, value: str) -> str:
    """Say what is wrong with a switch or its value, empty where nothing is."""
    if word in _VALUED:
        return "" if _VALUED[word].match(value) else f"invalid value of {word}"
    return "" if word[0] != "-" or word in _FLAGS or word in _PRINTS else f"{UNKNOWN} {word}"
