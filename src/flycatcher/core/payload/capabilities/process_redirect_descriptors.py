"""Makes its standard streams something else (a socket, as a rule). ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.conditions import matches
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="process.redirect-descriptors",
    technique="T1059",
    points=20,
    sentence="replaces its standard streams",
    calls={
        "python": (Calls("os.dup2"),),
        "perl": (
            Calls("open", matches(1, r"^[+<>]+&")),
            Calls("*.fdopen POSIX::dup2 dup2"),
        ),
        "ruby": (Calls("*.reopen IO.dup2"),),
    },
)
