"""A shell that reads its commands from the other end of a connection. ATT&CK T1059.004."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="shell.spawn",
    technique="T1059.004",
    points=60,
    sentence="opens an interactive shell",
    calls={
        "emacs-lisp": (
            Calls("term ansi-term shell eshell", any_matches(".?")),
            Calls("term shell eshell ansi-term"),
        ),
        "vimscript": (Calls("shell :shell sh :sh terminal :terminal :term"),),
    },
    covers=frozenset({"process.spawn"}),
)
