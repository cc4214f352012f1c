"""Starts another program. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="process.spawn",
    technique="T1059",
    points=8,
    sentence="starts another program",
    calls={
        "python": (Calls("multiprocessing.Process"),),
        "javascript": (Calls("child_process.fork *.Worker cluster.fork"),),
        "gdb": (Calls("run"),),
    },
)
