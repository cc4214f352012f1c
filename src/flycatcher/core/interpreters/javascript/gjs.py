"""gjs of GNOME.

Source: gjs/console.cpp (GOptionEntry, main); compared with gjs 1.74 on marker code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution


class Gjs(Interpreter):
    """gjs: -c, a file, or a session on stdin."""

    id = "gjs"
    language = "javascript"
    technique = "T1059.007"
    names = (r"gjs(?:-console)?|cjs(?:-console)?",)
    install = "apt: gjs"
    verified = ("1.74",)
    options = Options(
        parser="goption",
        short={"c": Option("value", "code"), **each("CI", VALUE), **each("md", FLAG), "h": EXIT},
        long={
            "--command": Option("value", "code"),
            **each(("--coverage-prefix", "--coverage-output", "--include-path"), VALUE),
            "--profile": Option("optional", pattern="[^-]"),
            **each(("--module", "--debugger"), FLAG),
            **each(("--help", "--version", "--jsversion"), EXIT),
        },
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words up to where gjs splits them, behind which all is the program's; the last text counts."""
        words = execution.argv
        end = self.split(words)
        line = parse(self.options, words[:end])
        codes = line.every("code")
        line.given = [given for given in line.given if given.option.role != "code" or given is codes[-1]]
        if line.operands or codes:  # else stdin is read, whatever is behind the split
            line.operands += list(range(end, len(words)))
        return line

    def split(self, words: Sequence[str]) -> int:
        """Return where the program's own words begin.

        A first reading, which permutes and passes over what it does not know, finds the first operand; the split is behind the
        first word that is *spelled* so (``-I . -c TEXT .`` is split at the first dot), or behind ``-c TEXT`` in two words.
        """
        line = parse(structs.replace(self.options, permute=True, unknown="skip"), words)
        left = line.operands + _separator(line, words)
        operand = words[min(left)] if left else None
        for at in range(1, len(words)):
            if words[at] == operand:
                return at + 1
            if words[at] in ("-c", "--command"):
                return min(at + 2, len(words))
        return len(words)


def _separator(line: CommandLine, words: Sequence[str]) -> list[int]:
    """Return the place of a ``--`` that the first reading leaves: where a word that it leaves behind it has a dash (goption.c)."""
    read = {at for given in line.given for at in (given.index, given.at)} | set(line.operands)
    ends = [at for at in range(1, len(words)) if words[at] == "--" and at not in read]
    return [end for end in ends if any(words[at].startswith("-") for at in line.operands if at > end)]
