"""HTTP requests to any address: one message each, signed where a key is given.

``X-Flycatcher-Id`` is the same in every copy of a message. With ``signing_key_env`` or ``signing_key_file``,
``X-Flycatcher-Signature`` is ``t=SECONDS,v1=HEX``: HMAC-SHA-256 (RFC 2104) over the seconds, a full stop and the body;
receivers refuse times that are old.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, structs

from flycatcher.sinks.transports.address import web_address
from flycatcher.sinks.transports.http import Http
from flycatcher.sinks.transports.secret import secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message


class Webhook:
    """``to = "https://host/path"``."""

    schemes: ClassVar = ("https", "http")
    format: ClassVar = "flycatcher"
    most: ClassVar = 1
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        method: str = "POST"
        signing_key_env: str = ""
        """The variable that holds the key."""
        signing_key_file: str = ""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is sent yet."""
        self._url, self._options = web_address(destination), options
        self._http = Http(destination)
        self._key = structs.replace(destination, token_env=options.signing_key_env, token_file=options.signing_key_file)

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send one request for each."""
        refused = {}
        for number, message in enumerate(messages):
            headers = {"Content-Type": message.content_type, "X-Flycatcher-Id": message.event.uid}
            answer = self._http.post(
                self._url, message.body, headers | self._signature(message.body), method=self._options.method
            )
            if answer.refusal:
                refused[number] = answer.refusal
        return refused

    def _signature(self, body: bytes) -> dict[str, str]:
        key = secret_of(self._key)
        if not key:
            return {}
        seconds = int(time.time())
        digest = hmac.new(key.encode(), b"%d." % seconds + body, hashlib.sha256).hexdigest()
        return {"X-Flycatcher-Signature": f"t={seconds},v1={digest}"}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


TRANSPORT = Webhook
