"""SWI-Prolog.

Source: pl-init.c (parseCommandLineOptions) and boot/init.pl; compared with swipl 9.0 on marker code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
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
    parse,
)
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_LOAD = Option("value", "load")
_ATOM = re.compile(r"[a-z]\w*")
_ENDS = re.compile(r"(?:(?:(?!;|->).)*,)?\s*halt(?:\(\d*\))?\s*", re.DOTALL)
"""A goal behind which nothing runs: its last part is ``halt``, and where an earlier part fails swipl ends too."""
_HALT = re.compile(r"\bhalt\b")


class Swipl(Interpreter):
    """swipl runs the goals of -g and the toplevel of -t; its own toplevel reads stdin where neither ends it."""

    id = "swipl"
    language = "prolog"
    names = (r"swipl(?:-?\d[\d.]*)?(?:-ld)?|prolog",)
    install = "apt: swi-prolog-nox"
    markers = (Markers(imports=("PL_initialise", "PL_toplevel")), Markers(exports=("PL_initialise", "PL_toplevel")))
    verified = ("9.0.4",)
    options = Options(
        parser="own",
        short={"g": CODE, "t": Option("value", "code", detail="toplevel"), **each("flsx", _LOAD), **each("dFpo", VALUE),
               "c": Option(role="check"), **each("Oq", FLAG)},
        long={
            **each(("--on-error", "--on-warning", "--stack-limit", "--table-space", "--shared-table-space"), VALUE),
            **each(("--quiet", "--no-tty", "--nosignals", "--no-signals", "--traditional", "--no-packs"), FLAG),
            **each(("--help", "--version", "--abi-version", "--arch", "--dump-runtime-variables"), EXIT),
        },
        unknown="skip",
        separate=False,
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; each letter of a cluster takes the next word, and nothing is glued to a letter."""
        words = execution.argv
        line = CommandLine([], [])
        index = 1
        while index < len(words) and not line.error:
            word = words[index]
            if len(word) < 2 or not word.startswith("-") or word == "--":
                index += word == "--"
                break
            index = self.cluster(words, index, line) if word[1] != "-" else self.long_option(words, index, line)
        line.operands = list(range(index, len(words)))
        return line

    def long_option(self, words: Sequence[str], index: int, line: CommandLine) -> int:
        """Read one long option, whose value is glued to it; return where to go on."""
        line.given += parse(self.options, words[: index + 1], index).given
        return index + 1

    def cluster(self, words: Sequence[str], index: int, line: CommandLine) -> int:
        """Read one cluster; return where to go on."""
        after = index + 1
        for letter in words[index][1:]:
            option = self.options.short.get(letter)
            if option is None:
                line.error = f"unknown option -{letter}"
                break
            if option.takes == "nothing":
                line.given.append(Given(option, "-" + letter, None, index, index, 0))
            elif after < len(words):
                line.given.append(Given(option, "-" + letter, words[after], index, after, 0))
                after += 1
            else:
                line.error = f"option -{letter} needs a value"
                break
        return after

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read goals, the file, then the toplevel."""
        if command.first("check"):
            return reading.finish("checks")
        goals = command.every("code")
        toplevels = [given for given in goals if given.option.detail]
        goals = [given for given in goals if not given.option.detail or given is toplevels[-1]]  # the last one counts
        for given in command.every("load"):
            reading.load_given(given)
        for given in _reached(goals):
            if not _ATOM.fullmatch(given.value or ""):
                reading.code(given)  # an atom alone names a predicate of a file
        if command.operands:
            reading.program(command.operands[0], dash=False)
        if any(given.option.detail for given in goals) or any(_HALT.search(given.value or "") for given in goals):
            return reading
        reading.stdin(explicit=False)
        return reading


def _reached(goals: Sequence[Given]) -> list[Given]:
    """Return the goals that run: those of -g in their order, then the toplevel, up to one that halts."""
    ordered = sorted(goals, key=lambda given: bool(given.option.detail))
    ends = next((at for at, given in enumerate(ordered) if _ENDS.fullmatch(given.value or "")), len(ordered))
    return ordered[: ends + 1]
