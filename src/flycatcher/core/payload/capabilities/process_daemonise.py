"""Leaves its parent. ATT&CK T1564."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="process.daemonise",
    technique="T1564",
    points=10,
    sentence="goes on in the background",
    calls={
        "python": (Calls("os.setsid os.fork os.daemon"),),
        "perl": (Calls("fork POSIX::setsid setsid"),),
        "ruby": (Calls("fork Process.daemon Process.setsid Process.fork"),),
        "php": (Calls("pcntl_fork posix_setsid"),),
        "shell": (Calls("nohup setsid disown daemonize"),),
    },
)
