"""Process names. ATT&CK T1036.004."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="evasion.rename-process",
    technique="T1036.004",
    points=30,
    sentence="gives its process another name",
    calls={
        "python": (Calls("setproctitle.setproctitle prctl.set_name *.prctl"),),
        "perl": (Calls("$0="),),
        "ruby": (Calls("$0= $PROGRAM_NAME= Process.setproctitle"),),
        "javascript": (Calls("process.title="),),
        "php": (Calls("cli_set_process_title"),),
    },
)
