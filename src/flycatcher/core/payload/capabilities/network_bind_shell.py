"""A listening socket and a shell on it. ATT&CK T1059, T1571."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.names import base
from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _serves(words: Sequence[str]) -> bool:
    """``telnetd -l /bin/sh``: whoever connects gets that program."""
    return base(words[0]) in ("telnetd", "utelnetd") and "-l" in words[1:]


RULE = Rule(
    id="network.bind-shell",
    technique="T1059",
    points=80,
    sentence="offers a shell or its commands to whoever connects",
    commands=_serves,
    needs=(
        frozenset({"network.listen", "shell.spawn"}),
        frozenset({"network.listen", "process.remote-command"}),
        frozenset({"network.listen", "process.shell-on-socket"}),
        frozenset({"network.listen", "process.redirect-descriptors", "process.spawn"}),
        frozenset({"network.listen", "process.tunnel"}),
        frozenset({"network.listen", "process.dynamic-command"}),
        frozenset({"network.listen", "process.unknown-command"}),
    ),
    covers=frozenset({"network.listen", "process.spawn", "process.dynamic-command", "process.redirect-descriptors"}),
)
