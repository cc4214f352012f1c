"""Fetches from an address that is not wholly in the text. ATT&CK T1105."""

from __future__ import annotations

from flycatcher.core.payload.conditions import both, matches, negate, unknown
from flycatcher.core.payload.rules import Calls, Rule

_HERE = r"^\w+://(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])[:/]"
"""An address of the host itself, whatever its port."""
_ELSEWHERE = both(unknown(0), negate(matches(0, _HERE)))
RULE = Rule(
    id="network.unknown-address",
    technique="T1105",
    points=10,
    sentence="fetches from an address that is not wholly in the text",
    calls={
        "python": (
            Calls(
                "urllib.request.urlretrieve urllib.urlretrieve urllib.request.urlopen urllib.urlopen urllib2.urlopen"
                " requests.get wget.download",
                _ELSEWHERE,
            ),
        ),
        "perl": (Calls("get getprint LWP::Simple::get LWP::Simple::getstore getstore mirror", _ELSEWHERE),),
        "ruby": (Calls("URI.open Net::HTTP.get open", _ELSEWHERE),),
        "php": (Calls("file_get_contents copy readfile fopen", _ELSEWHERE),),
        "javascript": (Calls("http.get https.get fetch axios.get", _ELSEWHERE),),
        "julia": (Calls("download Downloads.download", _ELSEWHERE),),
        "r": (Calls("download.file", _ELSEWHERE),),
    },
)
