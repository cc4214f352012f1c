"""Pipes a connection into a program. ATT&CK T1059."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_tainted
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="process.tunnel",
    technique="T1059",
    points=30,
    sentence="ties a connection to a program's standard streams",
    calls={
        "javascript": (
            Calls("child_process.spawn().stdout.pipe child_process.exec().stdout.pipe"),
            Calls("*.pipe", any_tainted("process-stream")),
        ),
        "ruby": (Calls("spawn IO.popen exec system Process.spawn", any_tainted("network")),),
        "perl": (Calls("exec system", any_tainted("network")),),
        "python": (Calls("subprocess.Popen subprocess.call subprocess.run pexpect.spawn", any_tainted("network")),),
        "php": (Calls("proc_open", any_tainted("network")),),
    },
)
