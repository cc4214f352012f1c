"""Another process's memory. ATT&CK T1055, T1003.007."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="process.inject",
    technique="T1055",
    points=60,
    sentence="reads or writes the memory of another process",
    calls={
        "python": (Calls("pyrasite.inject"),),
    },
    hints="/proc/",
    values=r"/proc/(?:\d+|self|[^/\s]{1,20})/(?:mem|maps)\b",
)
