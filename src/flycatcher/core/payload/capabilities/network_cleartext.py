"""An address in clear text, of a bare IP number, or on an odd port. ATT&CK T1071.001."""

from __future__ import annotations

from flycatcher.core.payload.rules import Rule

RULE = Rule(
    id="network.cleartext",
    technique="T1071.001",
    points=15,
    sentence=(
        "uses an address that anybody on the way can change: http or ftp without TLS, a bare IP number, or an odd port"
    ),
    hints="http:// ftp:// https://",
    values=(
        r"(?i)(?<![\w@])(?:http|ftp|tftp)://(?!localhost\b|127\.|169\.254\.|metadata\.google\.internal\b|\[::1\]|www\.w3\.org/|(?:schemas|"
        r"xmlns)\.|json-schema\.org/)[^\s/\']|https://\d{1,3}(?:\.\d{1,3}){3}\b"
    ),
)
