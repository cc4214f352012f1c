"""Sends a request with a body. ATT&CK T1041."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_matches
from flycatcher.core.payload.rules import Calls, Rule

RULE = Rule(
    id="network.post",
    technique="T1041",
    points=20,
    sentence="sends data to a web server",
    calls={
        "python": (
            Calls("requests.post requests.put httpx.post httpx.put"),
            Calls("urllib.request.urlopen urllib2.urlopen urllib.urlopen", any_matches("$^")),
        ),
        "javascript": (
            Calls("axios.post axios.put"),
            Calls("fetch http.request https.request", any_matches("^(?:POST|PUT)$")),
        ),
        "ruby": (Calls("Net::HTTP.post Net::HTTP.post_form"),),
        "shell": (
            Calls("curl", any_matches("^-[a-zA-Z]*[dFT]$|^--data|^--form|^--upload-file|^--json|^-XP(?:OS|U)T$")),
            Calls("wget", any_matches("^--post")),
        ),
    },
)
