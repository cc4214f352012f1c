"""A module or script whose name holds its text, or the command that prints it. ATT&CK T1105, T1059.

One that is fetched by its address is :mod:`.network_download_and_execute`.
"""

from __future__ import annotations

from flycatcher.core.payload.conditions import matches
from flycatcher.core.payload.rules import Calls, Rule

_REMOTE = matches(0, r"(?i)^\s*(?:data|php|expect|phar):")

RULE = Rule(
    id="network.remote-module",
    technique="T1105",
    points=50,
    sentence="loads program text from an address, not from a file",
    calls={
        "php": (Calls("include include_once require require_once", _REMOTE),),
        "javascript": (Calls("import require load importScripts", _REMOTE),),
    },
)
