"""gjs of GNOME.

Source: gjs/console.cpp (GOptionEntry); checked with marker code against gjs 1.74.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

_GLUED = Option("attached")


class Gjs(Interpreter):
    """gjs: -c, a file, or a session on stdin."""

    id = "gjs"
    language = "javascript"
    technique = "T1059.007"
    names = (r"gjs(?:-console)?|cjs(?:-console)?",)
    install = "apt: gjs"
    options = Options(
        short={"c": CODE, **each("CI", VALUE), **each("md", FLAG), "h": EXIT},
        long={
            "--command": CODE,
            **each(("--coverage-prefix", "--coverage-output", "--include-path"), VALUE),
            "--profile": _GLUED,
            **each(("--module", "--debugger"), FLAG),
            **each(("--help", "--version", "--jsversion"), EXIT),
        },
    )
