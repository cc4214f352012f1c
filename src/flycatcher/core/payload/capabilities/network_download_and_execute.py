"""Runs text fetched from the network: no copy stays behind to be looked at. ATT&CK T1105, T1059.

It is the same act as ``curl | sh`` and weighs as much: what makes it worse is :mod:`.network_unverified_code`.
"""

from __future__ import annotations

from flycatcher.core.payload.conditions import matches
from flycatcher.core.payload.rules import Calls, Rule

_ADDRESS = matches(0, r"(?i)^\s*(?:https?|ftps?):")

RULE = Rule(
    id="network.download-and-execute",
    technique="T1105",
    points=25,
    sentence="runs what it fetches from the network",
    calls={
        "php": (Calls("include include_once require require_once", _ADDRESS),),
        "javascript": (Calls("import require load importScripts", _ADDRESS),),
        "r": (Calls("source", _ADDRESS),),
        "vimscript": (Calls("source so", _ADDRESS),),
        "tcl": (Calls("source", _ADDRESS),),
        "lua": (Calls("dofile loadfile", _ADDRESS),),
        "ruby": (Calls("load require", _ADDRESS),),
        "groovy": (Calls("GroovyScriptEngine", _ADDRESS),),
    },
    needs=(frozenset({"network.connect", "eval.dynamic"}),),
    covers=frozenset({"network.fetch", "eval.dynamic"}),
)
