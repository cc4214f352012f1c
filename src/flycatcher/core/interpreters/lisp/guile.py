"""GNU Guile.

Source: module/ice-9/command-line.scm (compile-shell-switches); checked with marker code against guile 3.0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.engine.paths import planted_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_BOOT = "ice-9/boot-9.scm"
_NAME = re.compile(r"\s*(?:[^()\s]*|\(@@?\s[^()]*\([^()]*\)\s*[^()\s]+\s*\)|\([^()\"]*\))\s*")


class Guile(Interpreter):
    """``-c`` and ``-s`` end the options; there are no clusters. Without a program guile reads stdin."""

    id = "guile"
    language = "scheme"
    in_variables = True
    names = (r"guile(?:-?\d[\d.]*)?",)
    verified = ("3.0.8",)
    install = "apt: guile-3.0"
    variables = ("GUILE_LOAD_PATH",)
    options = Options(
        parser="own",
        long={
            "-c": Option("value", "code", last=True),
            "-s": Option("value", "file", last=True),
            "--": Option(role="arguments", last=True),
            "-l": Option("value", "load"),
            **each(("-L", "-C", "-x", "--language"), VALUE),
            "-e": Option("value", "define"),
            **each(("-ds", "-q", "--debug", "--no-debug", "--auto-compile", "--fresh-auto-compile"), FLAG),
            **each(("--no-auto-compile", "--r6rs", "--r7rs"), FLAG),
            **each(("--use-srfi", "--listen"), Option("attached")),
            **each(("-h", "--help", "-v", "--version"), EXIT),
        },
        dash="end",
        double_dash=False,
    )

    def read_loads(self, reading: Reading, command: CommandLine) -> None:
        """Read the file that every Guile boots from, where a folder that anyone may write to comes before Guile's own."""
        folders = reading.execution.env.get("GUILE_LOAD_PATH", "").split(":")
        if path := planted_path(folders, (_BOOT,), reading.execution):
            reading.load(path, variable="GUILE_LOAD_PATH")
        super().read_loads(reading, command)

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the entry point that is no procedure's name, then the first operand as the script."""
        for given in reading.command.given if reading.command is not None else ():
            if given.name == "-e" and not _NAME.fullmatch(given.value or ""):
                reading.code(given)  # what names no procedure is an expression that yields one
        super().read_operand(reading, operands)
