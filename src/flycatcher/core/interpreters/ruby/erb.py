"""erb: templates that hold Ruby.

Source: libexec/erb (ERB::Main), checked with marker code against erb 2.2 of ruby 3.1. The kernel sees ruby with the script.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_VARIABLE = re.compile(r"\w+=")
_FLAGS = ("-x", "-n", "-v", "-d", "-U", "-P", "--debug")
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

    def read(self, execution: Execution) -> Reading:
        """Read the switches, then the template's operands."""
        reading = Reading(self, execution)
        at, outcome = _switches(list(execution.argv))
        if outcome not in ("", "prints"):
            return reading.refuse(outcome)
        if outcome:
            return reading.finish("prints")
        for index in range(at, len(execution.argv)):
            reading.program(index)
        if at >= len(execution.argv):
            reading.stdin(explicit=True)
        return reading.finish("script")


def _switches(words: list[str]) -> tuple[int, str]:
    """Return the index of the first operand, and ``prints`` or a refusal; an attached value is read again as a switch."""
    at, outcome = 1, ""
    while at < len(words):
        word, attached = words[at], ""
        if word == "--" or not (_VARIABLE.match(word) or (word[:1] == "-" and len(word) > 1)):
            return at + (word == "--"), outcome
        at += 1
        if word.startswith("--"):
            word, _, attached = word.partition("=")
        elif word[0] == "-" and len(word) > 2:
            word, attached = word[:2], word[2:]
            at -= 1
            words[at] = "-" + attached
            if attached[0] == "-" and word != "-T":
                return at, 'unknown switch "-"'
        if word in ("--version", "--help"):
            return at, "prints"
        outcome = "prints" if word == "-x" else outcome
        if word in _VALUED:
            value = attached or (words[at] if at < len(words) else "")
            at += not attached
            if not _VALUED[word].match(value):
                return at, f"invalid value of {word}"
        elif word[0] == "-" and word not in _FLAGS:
            return at, f"unknown switch {word}"
    return at, outcome
