"""Ends processes. ATT&CK T1489."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="process.kill",
    technique="T1489",
    points=10,
    sentence="ends other processes",
    calls={
        "python": (Calls("os.kill os.killpg"),),
        "perl": (Calls("kill"),),
        "ruby": (Calls("Process.kill"),),
        "javascript": (Calls("process.kill"),),
        "php": (Calls("posix_kill"),),
        "shell": (Calls("kill killall pkill"),),
    },
)
