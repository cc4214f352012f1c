"""Sends the environment over the network. ATT&CK T1041."""

from __future__ import annotations

from flycatcher.payload.rules import Calls, Rule
from flycatcher.payload.when import any_tainted

RULE = Rule(
    id="network.send-environment",
    technique="T1041",
    points=60,
    sentence="sends environment variables, where secrets live, to another host",
    calls={
        "python": (
            Calls(
                "urllib.request.urlopen urllib2.urlopen urllib.urlopen urllib.request.Request "
                "requests.post requests.put requests.get httpx.post *.send *.sendall *.sendto *.request "
                "*.post",
                any_tainted("all-environment"),
            ),
        ),
        "javascript": (
            Calls(
                "fetch axios.post *.write *.end *.send http.request https.request http.get https.get",
                any_tainted("all-environment"),
            ),
        ),
        "ruby": (
            Calls(
                "Net::HTTP.post Net::HTTP.post_form Net::HTTP.get *.post *.write *.puts", any_tainted("all-environment")
            ),
        ),
        "php": (
            Calls(
                "file_get_contents fwrite curl_setopt stream_context_create http_build_query",
                any_tainted("all-environment"),
            ),
        ),
    },
    needs=(frozenset({"credentials.environment-dump", "network.post"}),),
    covers=frozenset({"network.post", "network.fetch", "credentials.environment-dump"}),
)
