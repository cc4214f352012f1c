"""PagerDuty's Events API v2: ``pagerduty+https://events.pagerduty.com``; the token is the integration's routing key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec import Struct

from flycatcher.sinks.transports.address import web_address
from flycatcher.sinks.transports.http import Http
from flycatcher.sinks.transports.secret import secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message


class PagerDuty:
    """``to = "pagerduty+https://events.pagerduty.com"``."""

    schemes: ClassVar = ("pagerduty+https", "pagerduty+http")
    format: ClassVar = "pagerduty"
    most: ClassVar = 1
    carries: ClassVar = ("pagerduty",)

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        path: str = "/v2/enqueue"

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is sent yet."""
        self._url, self._destination = web_address(destination).rstrip("/") + options.path, destination
        self._http = Http(destination, "")

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send each."""
        refused = {}
        for number, message in enumerate(messages):
            body = msgspec.json.decode(message.body) | {"routing_key": secret_of(self._destination)}
            answer = self._http.post(self._url, msgspec.json.encode(body), {"Content-Type": "application/json"})
            if answer.refusal:
                refused[number] = answer.refusal
        return refused

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


TRANSPORT = PagerDuty
