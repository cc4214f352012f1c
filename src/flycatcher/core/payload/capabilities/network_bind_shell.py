"""A listening socket and a shell on it. ATT&CK T1059, T1571."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="network.bind-shell",
    technique="T1059",
    points=80,
    sentence="offers a shell or its commands to whoever connects",
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
