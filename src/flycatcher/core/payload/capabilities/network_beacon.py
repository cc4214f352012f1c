"""The machine's and the user's name told to another host, as packages do that only want to know where they landed. T1016."""

from __future__ import annotations

from flycatcher.core.payload.conditions import any_tainted
from flycatcher.core.payload.rules import Calls, Rule

_HOST = any_tainted("host")

RULE = Rule(
    id="network.beacon",
    technique="T1082",
    points=40,
    sentence="tells another host which machine and which user this is",
    calls={
        "python": (
            Calls(
                "urllib.request.urlopen urllib2.urlopen urllib.request.Request requests.get requests.post "
                "requests.request httpx.get httpx.post *.send *.sendall *.sendto *.request *.post",
                _HOST,
            ),
        ),
        "javascript": (
            Calls(
                "fetch axios.get axios.post http.get https.get http.request https.request *.write *.end *.send", _HOST
            ),
        ),
        "ruby": (Calls("Net::HTTP.get Net::HTTP.post Net::HTTP.post_form URI.open *.post", _HOST),),
        "php": (Calls("file_get_contents curl_setopt curl_init fwrite stream_context_create", _HOST),),
        "perl": (Calls("get LWP::Simple::get *.get *.post *.post_form", _HOST),),
    },
    covers=frozenset({"network.fetch", "network.post", "discovery.system"}),
)
