"""Fetches from an address that is not wholly in the text. ATT&CK T1105."""

from __future__ import annotations

from flycatcher.core.payload.conditions import unknown
from flycatcher.core.payload.rules import Calls, Rule

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
                unknown(0),
            ),
        ),
        "perl": (Calls("get getprint LWP::Simple::get LWP::Simple::getstore getstore mirror", unknown(0)),),
        "ruby": (Calls("URI.open Net::HTTP.get open", unknown(0)),),
        "php": (Calls("file_get_contents copy readfile fopen", unknown(0)),),
        "javascript": (Calls("http.get https.get fetch axios.get", unknown(0)),),
        "julia": (Calls("download Downloads.download", unknown(0)),),
        "r": (Calls("download.file", unknown(0)),),
    },
)
