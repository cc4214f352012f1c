"""Opsgenie: ``opsgenie+https://api.opsgenie.com``; the token is an API integration's key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from flycatcher.sinks.transports.address import web_address
from flycatcher.sinks.transports.http import Http

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message


class Opsgenie:
    """``to = "opsgenie+https://api.opsgenie.com"``."""

    schemes: ClassVar = ("opsgenie+https", "opsgenie+http")
    format: ClassVar = "opsgenie"
    most: ClassVar = 1
    carries: ClassVar = ("opsgenie",)

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        path: str = "/v2/alerts"

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is sent yet."""
        self._url = web_address(destination).rstrip("/") + options.path
        self._http = Http(destination, "GenieKey")

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send each."""
        refused = {}
        for number, message in enumerate(messages):
            answer = self._http.post(self._url, message.body, {"Content-Type": "application/json"})
            if answer.refusal:
                refused[number] = answer.refusal
        return refused

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


TRANSPORT = Opsgenie
