"""slsh: the S-Lang interpreter.

Source: slsh/slsh.c (main) of S-Lang; checked with marker code against slsh 2.3.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter, StartFile
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each


class Slsh(Interpreter):
    """slsh runs the text of -e, a file, or stdin; there are no clusters."""

    id = "slsh"
    language = "slang"
    names = (r"slsh",)
    variables = ("SLSH_CONF_DIR",)
    install = "apt: slsh"
    verified = ("2.3.3",)
    options = Options(
        parser="own",
        long={
            "-e": CODE,
            **each(("--init",), VALUE),
            **each(("-g", "-n", "--no-readline", "-i", "-q", "--quiet", "-t", "-v"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        short={"D": Option("attached")},
        equals=False,
        double_dash=False,
    )

    exit_first = True
    codes = "last"
    beside = True
    start_files = (StartFile("SLSH_CONF_DIR", "{}/slsh.rc"),)
