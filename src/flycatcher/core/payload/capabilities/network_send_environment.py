"""Sends the environment over the network. ATT&CK T1041."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import any_matches, any_tainted
from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value


def _sent_environment(args: Sequence[Value], _kwargs: Mapping[str, Value]) -> bool:
    """Perl prints with the same word to files and sockets: only what is handed to a method or a connection is sent."""
    return any("all-environment" in arg.taint for arg in args) and any(
        "://" in (arg.text or "") or "network" in arg.taint for arg in args
    )


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
                "*.post *.sendmail *.send_message",
                any_tainted("all-environment"),
            ),
        ),
        "javascript": (
            Calls(
                "fetch axios.post *.write *.end *.send *.sendMail http.request https.request http.get https.get",
                any_tainted("all-environment"),
            ),
        ),
        "ruby": (
            Calls(
                "Net::HTTP.post Net::HTTP.post_form Net::HTTP.get *.post *.write *.puts", any_tainted("all-environment")
            ),
        ),
        "perl": (
            Calls("Net::SMTP.new().data Net::SMTP.new().datasend", any_tainted("all-environment")),
            Calls("*.post_form *.post *.get *.request *.print *.send print syswrite send get", _sent_environment),
            Calls(
                "IO::Socket::INET.new().print IO::Socket::INET.new().send IO::Socket::INET.new().syswrite IO::Socket::IP.new().print "
                "IO::Socket::SSL.new().print IO::Socket::SSL.new().syswrite",
                any_tainted("all-environment"),
            ),
        ),
        "lua": (Calls("*.send socket.http.request http.request ssl.https.request", any_tainted("all-environment")),),
        "powershell": (
            Calls(
                "Invoke-RestMethod irm Invoke-WebRequest iwr *.UploadString *.UploadData", any_matches(r"(?i)^env:$")
            ),
            Calls("Invoke-RestMethod irm Invoke-WebRequest iwr *.UploadString", any_tainted("all-environment")),
        ),
        "php": (
            Calls(
                "file_get_contents fwrite curl_setopt curl_setopt_array curl_init file fopen get_headers mail stream_context_create http_build_query",
                any_tainted("all-environment"),
            ),
        ),
    },
    needs=(frozenset({"credentials.environment-dump", "network.post"}),),
    covers=frozenset({"network.post", "network.fetch", "credentials.environment-dump"}),
)
