"""xonsh: a shell in Python.

Source: xonsh/main.py (parser, argparse); checked with marker code against xonsh 0.25.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each


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
