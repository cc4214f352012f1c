"""Sends a secret of the environment over the network, in an address or a request's body. ATT&CK T1041."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Calls, Rule
from flycatcher.core.payload.secrets import in_address_or_body

if TYPE_CHECKING:
    from collections.abc import Sequence


def _sends(names: str) -> Sequence[Calls]:
    return (Calls(names, in_address_or_body),)


RULE = Rule(
    id="network.send-secret",
    technique="T1041",
    points=60,
    sentence="sends a secret of the environment to another host",
    calls={
        "python": _sends(
            "urllib.request.urlopen urllib2.urlopen urllib.urlopen urllib.request.Request urllib.request.urlretrieve "
            "requests.get requests.post requests.put requests.request httpx.get httpx.post *.send *.sendall *.sendto *.request *.post"
        ),
        "javascript": _sends(
            "fetch axios.get axios.post axios http.get https.get http.request https.request http.request().write "
            "http.request().end https.request().write https.request().end net.connect().write net.connect().end"
        ),
        "perl": _sends("LWP::Simple::get get getstore getprint *.get *.post *.post_form send"),
        "ruby": _sends(
            "Net::HTTP.get Net::HTTP.get_response Net::HTTP.post Net::HTTP.post_form URI.open OpenURI.open_uri"
        ),
        "php": _sends("file_get_contents curl_init curl_exec fsockopen readfile get_headers"),
        "lua": _sends("socket.http.request http.request ssl.https.request"),
        "powershell": _sends("Invoke-RestMethod irm Invoke-WebRequest iwr *.UploadString *.DownloadString"),
    },
    covers=frozenset({"network.post", "network.fetch", "credentials.ci-tokens"}),
)
