"""lsc of LiveScript.

Source: lib/command.js. Unverified.
"""

from __future__ import annotations

from flycatcher.interpreters._on_node import OnNode
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

_STDIN = Option(role="stdin")


class LiveScript(OnNode):
    """lsc of LiveScript."""

    id = "lsc"
    language = "livescript"
    names = (r"lsc|livescript",)
    install = "npm: livescript"
    options = Options(
        short={"e": CODE, "r": VALUE, "o": VALUE, "m": VALUE, "s": _STDIN, **each("clta", Option(role="check")),
               **each("djnwkpb", FLAG), **each("hv", EXIT)},
        long={
            "--eval": CODE, **each(("--require", "--output", "--map"), VALUE), "--stdin": _STDIN,
            **each(("--compile", "--lex", "--tokens", "--ast"), Option(role="check")),
            **each(("--help", "--version"), EXIT),
        },
        unknown="skip",
    )  # fmt: skip
