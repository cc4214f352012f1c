"""Functions reached through the language's own internals, past whoever looks for their names. ATT&CK T1027."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches
from flycatcher.core.payload.rules import Calls, Rule

_DEEDS = r"^(?:system|popen\w?|exec\w*|spawn\w*|posix_spawnp?|eval|__import__)$"

RULE = Rule(
    id="eval.reflection",
    technique="T1027",
    points=50,
    sentence="reaches functions through the language's internals, where their names do not show",
    calls={
        "python": (
            Calls("*.__subclasses__"),
            Calls(
                "os.<any> posix.<any> subprocess.<any> pty.<any> builtins.<any> __builtins__.<any>"
            ),  # by a place in dir()
            Calls("operator.methodcaller operator.attrgetter", any_matches(_DEEDS)),
        ),
        "javascript": (
            Calls(
                "*.constructor constructor",
                any_matches(r"\breturn\b.{0,40}\b(?:process|this|globalThis|global|require)\b"),
            ),
            Calls("process.binding process._linkedBinding", any_matches(r"^(?:spawn_sync|process_wrap|fs|tcp_wrap)$")),
        ),
    },
)
