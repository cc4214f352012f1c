"""xonsh: a shell in Python.

Source: xonsh/main.py (parser, argparse); tried by hand against xonsh 0.25.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

MAX_TEXT = 20_000


def language_of(text: str) -> str:
    """Return ``python`` where the text is a program of it, else ``shell``: xonsh runs a line that is no Python as a command."""
    if len(text) > MAX_TEXT:
        return "python"
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "shell"
    bare = len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Name)
    return "shell" if bare else "python"


class Xonsh(Interpreter):
    """xonsh runs the text of -c, a script, or stdin."""

    id = "xonsh"
    language = "python"
    technique = "T1059.006"
    names = (r"xonsh(?:-cat)?(?:3[\d.]*)?",)
    runs_on = ("python",)
    install = "pip: xonsh"
    options = Options(
        short={"c": CODE, "D": VALUE, "i": Option(role="interactive"), **each("l", FLAG), **each("hV", EXIT)},
        long={
            "--interactive": Option(role="interactive"),
            "--rc": VALUE,
            **each(("--shell-type", "--save-origin-env", "--load-origin-env"), VALUE),
            **each(("--login", "--no-rc", "--no-env", "--no-script-cache", "--cache-everything", "--timings"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        abbreviations=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read an execution; each text is Python or a command."""
        reading = super().read(execution)
        reading.snippets = [
            snippet if snippet.text is None else replace(snippet, language=language_of(snippet.text))
            for snippet in reading.snippets
        ]
        return reading
