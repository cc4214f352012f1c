"""MIT/GNU Scheme.

Source: its user manual, "Command-Line Options". Unverified.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

_LOAD = Option("value", "load")


class MitScheme(Interpreter):
    """MIT/GNU Scheme: --eval takes all words up to the next option. Unverified."""

    id = "mit_scheme"
    language = "scheme"
    names = (r"mit-scheme(?:-[\w.-]+)?",)
    install = "apt: mit-scheme"
    options = Options(
        long={
            "--eval": CODE,
            "--load": _LOAD,
            **each(("--heap", "--band", "--library", "--constant", "--stack"), VALUE),
            "--args": Option(last=True),
            **each(("--quiet", "--batch-mode", "--no-init-file", "--interactive"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        unknown="skip",
    )
