"""Elvish.

Source: pkg/prog/prog.go and pkg/shell (Go's flag package: one dash or two); checked with marker code against elvish 0.19.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine


class Elvish(Interpreter):
    """Elvish: -c makes the first operand the text; a file, or a session on stdin."""

    id = "elvish"
    language = "elvish"
    kind = "shell"
    technique = "T1059.004"
    names = (r"elvish",)
    install = "apt: elvish"
    verified = ("0.19",)
    options = Options(
        parser="flag",
        long={
            "--c": Option(role="operand"),
            "--compileonly": Option(role="check"),
            **each(("--i", "--norc", "--json", "--daemon", "--lsp", "--web"), FLAG),
            **each(("--db", "--deprecation-level", "--log", "--rc", "--sock", "--port"), VALUE),
            **each(("--help", "--version", "--buildinfo", "--h"), EXIT),
        },
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: without an operand it is a session, whatever was asked of the text."""
        line = super().parse(execution)
        if not line.operands:
            line.given = [given for given in line.given if given.option.role not in ("operand", "check")]
        return line
