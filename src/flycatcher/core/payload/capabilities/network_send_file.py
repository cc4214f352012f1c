"""Sends what it read from files over the network. ATT&CK T1048."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import any_matches, any_tainted
from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.payload.evaluator.values import Value


def _file_to_network(args: Sequence[Value], _kwargs: Mapping[str, Value]) -> bool:
    """Perl prints to files and to connections with one word: the handle tells which."""
    return any("network" in arg.taint for arg in args) and any(
        arg.taint & {"file", "credential"} and "network" not in arg.taint for arg in args
    )


RULE = Rule(
    id="network.send-file",
    technique="T1048",
    points=55,
    sentence="sends the contents of files to another host",
    calls={
        "python": (
            Calls(
                "urllib.request.urlopen urllib2.urlopen urllib.urlopen urllib.request.Request "
                "requests.post requests.put requests.request requests.get httpx.post *.send *.sendall "
                "*.sendto *.request *.post *.put *.storbinary ftplib.FTP().storbinary",
                any_tainted("file", "credential"),
            ),
            Calls("*.sendfile"),
        ),
        "perl": (Calls("print syswrite send *.print *.send *.post", _file_to_network),),
        "ruby": (
            Calls(
                "Net::HTTP.post Net::HTTP.post_form *.post *.request *.write *.print *.puts *.send_request",
                any_tainted("network-file"),
            ),
            Calls(
                "Net::HTTP.post Net::HTTP.post_form TCPSocket.new().write TCPSocket.new().print "
                "TCPSocket.new().puts TCPSocket.open().write TCPSocket.open().print IO.copy_stream",
                any_tainted("file", "credential"),
            ),
        ),
        "javascript": (
            Calls("fs.createReadStream().pipe", any_tainted("network")),
            Calls(
                "fetch axios.post *.write *.end *.send http.request https.request", any_tainted("file", "credential")
            ),
        ),
        "php": (
            Calls(
                "fwrite fputs socket_write curl_setopt stream_context_create http_build_query",
                any_tainted("file", "credential"),
            ),
        ),
        "lua": (Calls("*.send socket.http.request http.request", any_tainted("file", "credential")),),
        "shell": (
            Calls(
                "curl",
                any_matches(r"^-[a-zA-Z]*T$|^--upload-file|^@(?!-$).|=@(?!-$)|^-d@(?!-$)|^(?:-F|--form=)?\w+=<[^<>]+$"),
            ),
            Calls("wget", any_matches("^--post-file|^--body-file")),
        ),
    },
    needs=(
        frozenset({"network.connect", "file.read", "network.send"}),
        frozenset({"network.post", "file.read"}),
    ),
    covers=frozenset({"network.send", "network.post", "network.fetch", "file.read"}),
)
