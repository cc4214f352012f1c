"""A module or script named by its address on the network. ATT&CK T1105, T1059."""

from __future__ import annotations

from flycatcher.core.payload.conditions import matches
from flycatcher.core.payload.rules import Calls, Rule

_REMOTE = matches(0, r"(?i)^\s*(?:https?|ftp|data|php|expect|phar):")

RULE = Rule(
    id="network.remote-module",
    technique="T1105",
    points=50,
    sentence="loads program text from an address, not from a file",
    calls={
        "php": (Calls("include include_once require require_once", _REMOTE),),
        "javascript": (Calls("import require load importScripts", _REMOTE),),
        "r": (Calls("source", _REMOTE),),
        "vimscript": (Calls("source so", _REMOTE),),
        "tcl": (Calls("source", _REMOTE),),
        "lua": (Calls("dofile loadfile", _REMOTE),),
        "ruby": (Calls("load require", _REMOTE),),
        "groovy": (Calls("GroovyScriptEngine", _REMOTE),),
    },
)
