"""Opens a pseudo terminal: what a remote shell needs to feel local. ATT&CK T1059.004."""

from __future__ import annotations

from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="shell.pty",
    technique="T1059.004",
    points=20,
    sentence="gives a program a terminal of its own",
    calls={
        "python": (Calls("pty.spawn pty.fork pty.openpty os.forkpty os.openpty pexpect.spawn"),),
        "perl": (Calls("IO::Pty.new"),),
        "ruby": (Calls("PTY.spawn PTY.open PTY.getpty"),),
        "javascript": (Calls("node-pty.spawn"),),
        "shell": (Calls("script"),),
    },
)
