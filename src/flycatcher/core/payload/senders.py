"""Calls that send what they are given to another host, by language; what of it is secret, a capability each says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Calls
from flycatcher.core.payload.secrets import in_address_or_body

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SENDERS = {
    "python": (
        "urllib.request.urlopen urllib2.urlopen urllib.urlopen urllib.request.Request urllib.request.urlretrieve "
        "requests.get requests.post requests.put requests.request httpx.get httpx.post *.send *.sendall *.sendto *.request *.post *.sendmail"
    ),
    "javascript": (
        "fetch axios.get axios.post axios http.get https.get http.request https.request http.request().write "
        "http.request().end https.request().write https.request().end net.connect().write net.connect().end *.sendMail"
    ),
    "perl": ("LWP::Simple::get get getstore getprint *.get *.post *.post_form send *.data *.datasend"),
    "ruby": ("Net::HTTP.get Net::HTTP.get_response Net::HTTP.post Net::HTTP.post_form URI.open OpenURI.open_uri"),
    "php": ("file_get_contents curl_init curl_exec fsockopen readfile get_headers"),
    "lua": ("socket.http.request http.request ssl.https.request"),
    "powershell": ("Invoke-RestMethod irm Invoke-WebRequest iwr *.UploadString *.DownloadString"),
}
"""Calls that send, by language."""


def sends(kind: str) -> Mapping[str, Sequence[Calls]]:
    """Return the calls that send a secret of a kind, by language."""
    when = in_address_or_body(kind)
    return {language: (Calls(names, when),) for language, names in _SENDERS.items()}
