"""Elvish.

Source: pkg/prog/prog.go and pkg/shell (Go's flag package: one dash or two); checked with marker code against elvish 0.19.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each


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
