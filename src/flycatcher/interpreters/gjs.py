"""gjs of GNOME.

Source: gjs/console.cpp (GOptionEntry); compared with gjs 1.74 on
marker code: one line in 150 was missed, so it counts as unverified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each, parse

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_GLUED = Option("attached")


class Gjs(Interpreter):
    """gjs: -c, a file, or a session on stdin."""

    id = "gjs"
    language = "javascript"
    technique = "T1059.007"
    names = (r"gjs(?:-console)?|cjs(?:-console)?",)
    install = "apt: gjs"
    options = Options(
        short={"c": Option("value", "code"), **each("CI", VALUE), **each("md", FLAG), "h": EXIT},
        long={
            "--command": Option("value", "code"),
            **each(("--coverage-prefix", "--coverage-output", "--include-path"), VALUE),
            "--profile": _GLUED,
            **each(("--module", "--debugger"), FLAG),
            **each(("--help", "--version", "--jsversion"), EXIT),
        },
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words up to the first ``-c TEXT`` (two words), behind which all is the program's; the last text counts."""
        words = execution.argv
        end = next((at + 2 for at in range(1, len(words)) if words[at] in ("-c", "--command")), len(words))
        line = parse(self.options, words[:end])
        codes = [given for given in line.given if given.option.role == "code"]
        line.given = [given for given in line.given if given.option.role != "code" or given is codes[-1]]
        line.operands += list(range(end, len(words)))
        return line
