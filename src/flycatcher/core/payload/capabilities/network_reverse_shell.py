"""A connection out and a shell on it, or commands that come over the network. ATT&CK T1059, T1071."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="network.reverse-shell",
    technique="T1059",
    points=80,
    sentence="gives a shell or its commands to another host",
    calls={
        "shell": (
            Calls("nc ncat netcat", any_matches("^-[a-z]*[ec]$|^--exec|^--sh-exec")),
            Calls("socat", any_matches("(?i)exec:|system:")),
        ),
    },
    needs=(
        frozenset({"network.connect", "shell.spawn"}),
        frozenset({"network.connect", "process.remote-command"}),
        frozenset({"network.connect", "process.redirect-descriptors", "process.spawn"}),
        frozenset({"network.connect", "process.tunnel"}),
        frozenset({"network.connect", "process.dynamic-command"}),
        frozenset({"network.connect", "process.unknown-command"}),
        frozenset({"network.connect", "process.shell-on-socket"}),
        frozenset({"network.connect", "network.pipe-to-interpreter"}),
        frozenset({"network.connect", "network.download-and-execute"}),
    ),
    covers=frozenset(
        {
            "network.connect",
            "network.loopback",
            "process.spawn",
            "process.dynamic-command",
            "process.redirect-descriptors",
            "network.send",
        }
    ),
)
