"""zx: shell scripts in JavaScript.

Source: src/cli.ts (main); tried by hand against zx 8.8.
"""

from __future__ import annotations

from flycatcher.interpreters._on_node import OnNode
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each


class Zx(OnNode):
    """zx runs the text of -e, a file or a URL, else stdin."""

    id = "zx"
    names = (r"zx",)
    install = "npm: zx"
    options = Options(
        short={"e": CODE, **each("li", FLAG), **each("hv", EXIT)},
        long={
            "--eval": CODE,
            **each(("--shell", "--prefix", "--postfix", "--cwd", "--ext", "--registry", "--env"), VALUE),
            **each(("--quiet", "--verbose", "--prefer-local", "--install", "--experimental"), FLAG),
            "--repl": Option(role="interactive"),
            **each(("--help", "--version"), EXIT),
        },
        unknown="skip",
    )
