"""xonsh: a shell in Python.

Source: xonsh/main.py (parser, premain, _get_rc_files) and xonsh/environ.py (xonshrc_context), checked with marker code against
xonsh 0.25.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.argparse import MANY
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.engine.paths import descriptor_of
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.python.program import PythonProgram
from flycatcher.core.snippet import Load

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

MAX_TEXT = 20_000


def language_of(text: str) -> str:
    """Return ``python`` if the text parses as Python, else ``shell``: xonsh runs any other line as a command."""
    if len(text) > MAX_TEXT:
        return "python"
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "shell"
    bare = len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Name)
    return "shell" if bare else "python"


_TOOLS = ("format", "check", "lint")
"""Subcommands, as the first word: they read files and run nothing."""


class Xonsh(PythonProgram):
    """xonsh runs the text of the last -c, a script, or stdin."""

    id = "xonsh"
    names = (r"xonsh(?:3[\d.]*)?",)
    variables = ("XONSHRC", "XONSHRC_DIR")
    verified = ("0.25.0",)
    install = "pip: xonsh"
    options = Options(
        short={"c": Option("value", "code"), "D": VALUE, "i": Option(role="interactive"), "n": Option(role="check"),
               "l": FLAG, "h": EXIT, "V": EXIT},
        long={
            "--interactive": Option(role="interactive"),
            "--no-execute": Option(role="check"),
            "--rc": Option("value", "load", detail=MANY),
            **each(("-st", "--shell-type"), VALUE),
            **each(("--login", "--no-rc", "--no-env", "--no-script-cache", "--cache-everything", "--timings"), FLAG),
            **each(("--save-origin-env", "--load-origin-env"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        parser="argparse",
    )  # fmt: skip

    def read(self, execution: Execution) -> Reading:
        """Read the words, unless the first one is a subcommand."""
        if execution.argv[1:2] and execution.argv[1] in _TOOLS:
            return Reading(self, execution).finish("nothing")
        return super().read(execution)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution as premain does; each text is Python or a command."""
        if command.first("check"):
            return reading.finish("checks")
        _rc_files(reading, command)
        codes = command.every("code")
        if codes:
            reading.code(codes[-1])
        elif command.operands:
            reading.program(command.operands[0], dash=False)
        elif not any(snippet.descriptor == 0 for snippet in reading.snippets):
            reading.stdin(explicit=False)
        reading.snippets = [
            snippet if snippet.text is None else replace(snippet, language=language_of(snippet.text))
            for snippet in reading.snippets
        ]
        return reading


def _rc_files(reading: Reading, command: CommandLine) -> None:
    """Record the files that are read first: those of --rc, else those of XONSHRC, which -D may set too."""
    if command.has("--no-rc"):
        return
    files = command.every("load")
    for given in files:
        _rc_file(reading, given.value or "", index=given.at, option=given.name)
    if files:
        return
    defines = [(*(given.value or "").partition("="), given) for given in command.given if given.name == "-D"]
    for name in ("XONSHRC", "XONSHRC_DIR"):
        texts = [
            (value.strip("\"'"), given) for variable, equals, value, given in defines if equals and variable == name
        ]
        inherited = "" if command.has("--no-env") else reading.execution.env.get(name, "")
        paths = texts[-1][0] if texts else inherited
        setter = texts[-1][1] if texts else None
        for path in paths.split(":") if paths else ():
            if name == "XONSHRC_DIR":
                reading.loads.append(Load(interpreter=reading.interpreter.id, path=path, variable=name))
            elif setter is not None:
                _rc_file(reading, path, index=setter.at, option=setter.name)
            else:
                _rc_file(reading, path, variable=name)


def _rc_file(
    reading: Reading, path: str, *, index: int | None = None, option: str = "", variable: str | None = None
) -> None:
    """Record one file that is read first, if it is a regular one."""
    if descriptor_of(path, reading.execution) == 0 and reading.execution.stdin not in ("file", "unknown"):
        return
    reading.load(path, vector="environment" if variable else "argument", index=index, option=option, variable=variable)
