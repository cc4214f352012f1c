"""dpkg: commands that its hooks start.

Source: src/main/main.c (run_invoke_hooks, run_logger) of dpkg; checked with marker code against 1.21.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_HOOK = Option("value", "code")
_ACTION = Option(detail="action")


class Dpkg(Host):
    """dpkg: --pre-invoke, --post-invoke and --status-logger, which run where packages are changed."""

    id = "dpkg"
    names = (r"dpkg",)
    install = "apt: dpkg"
    verified = ("1.21",)
    hint = re.compile(r"\n--(?:p|status-l)")
    options = Options(
        parser="own",
        short={**each("irP", _ACTION), **each("DR", VALUE), **each("ABEGOacCghlLpsSVyZ", FLAG), "?": EXIT},
        long={
            **each(("--pre-invoke", "--post-invoke", "--status-logger"), _HOOK),
            **each(("--install", "--unpack", "--configure", "--remove", "--purge", "--triggers-only"), _ACTION),
            **each(("--root", "--admindir", "--instdir", "--status-fd", "--log", "--debug", "--ignore-depends"), VALUE),
            **each(("--path-exclude", "--path-include", "--verify-format", "--abort-after"), VALUE),
            **each(("--help", "--version", "--force-help", "--licence", "--license"), EXIT),
        },
        unknown="skip",
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the hooks, where an action changes packages."""
        changes = any(given.option.detail == "action" for given in command.given)
        for given in command.given:
            if changes and given.option.role == "code":
                reading.code(given)
        return reading.finish("nothing")
