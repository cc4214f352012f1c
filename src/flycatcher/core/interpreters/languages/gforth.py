"""Gforth.

Source: engine/main.c (gforth_args) and startup.fs (process-args); checked with marker code against gforth 0.7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Options,
    each,
    parse,
)

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_ENGINE = Options(
    parser="getopt_long",
    short={**each("dfilmpr", VALUE), **each("hv", EXIT)},
    long={
        **each(("--appl-image", "--image-file", "--data-stack-size", "--fp-stack-size", "--path"), VALUE),
        **each(("--locals-stack-size", "--dictionary-size", "--return-stack-size"), VALUE),
        **each(("--clear-dictionary", "--debug", "--diag", "--die-on-signal", "--dynamic", "--no-dynamic"), FLAG),
        **each(("--help", "--version"), EXIT),
    },
)


class Gforth(Interpreter):
    """gforth: the engine's options; then texts of -e and files in their order; then a session on stdin."""

    id = "gforth"
    language = "forth"
    names = (r"gforth(?:-(?:fast|itc|ditc|\d[\d.]*))*",)
    install = "apt: gforth"
    verified = ("0.7.3",)
    options = Options(parser="getopt_long")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the engine's options up to the first other word; then the image's words, up to a text that ends the program."""
        words = execution.argv
        first = 1
        while (
            first < len(words) and words[first].startswith("-") and words[first] not in ("-e", "--evaluate", "-", "--")
        ):
            known = parse(_ENGINE, words[: first + 1], first)
            if known.error.endswith("needs a value"):
                known = parse(_ENGINE, words[: first + 2], first)
            if known.error or not known.given:
                break
            first = max(given.at for given in known.given) + 1
        line = parse(_ENGINE, words[:first])
        index = first + (words[first : first + 1] == ("--",))
        while index < len(words):
            if words[index] in ("-e", "--evaluate") and index + 1 < len(words):
                index += 1
                line.given.append(Given(CODE, words[index - 1], words[index], index - 1, index, 0))
                if "bye" in words[index].lower().split():
                    break
            else:
                line.operands.append(index)
            index += 1
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read texts and files, then the session, unless a text ends it."""
        texts = command.every("code")
        for given in texts:
            reading.code(given)
        for index in command.operands:
            reading.program(index, dash=False)
        if not any("bye" in (given.value or "").lower().split() for given in texts):
            reading.stdin(explicit=False)
        return reading
