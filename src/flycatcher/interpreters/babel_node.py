"""babel-node.

Source: packages/babel-node/src/_babel-node.ts. Unverified.
"""

from __future__ import annotations

from flycatcher.interpreters._on_node import OnNode
from flycatcher.interpreters.options import CODE, EXIT, VALUE, Option, Options, each

_PRINT = Option("optional", "code")


class BabelNode(OnNode):
    """babel-node."""

    id = "babel_node"
    names = (r"babel-node",)
    install = "npm: @babel/node"
    options = Options(
        short={"e": CODE, "p": _PRINT, "r": VALUE, **each("oixwb", VALUE), **each("hV", EXIT)},
        long={
            "--eval": CODE, "--print": _PRINT, **each(("--require", "--only", "--ignore", "--extensions"), VALUE),
            **each(("--config-file", "--env-name", "--root-mode", "--plugins", "--presets"), VALUE),
            **each(("--help", "--version"), EXIT),
        },
        unknown="skip",
    )  # fmt: skip
