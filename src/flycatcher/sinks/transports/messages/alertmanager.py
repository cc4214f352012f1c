"""Prometheus Alertmanager: a batch of alerts to its API v2; ``alertmanager+http://host:9093``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from flycatcher.sinks.transports.address import web_address
from flycatcher.sinks.transports.http import Http

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message


class Alertmanager:
    """``to = "alertmanager+http://host:9093"``."""

    schemes: ClassVar = ("alertmanager+https", "alertmanager+http")
    format: ClassVar = "alertmanager"
    most: ClassVar = 100
    carries: ClassVar = ("alertmanager",)

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        path: str = "/api/v2/alerts"

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is sent yet."""
        self._url = web_address(destination).rstrip("/") + options.path
        self._http = Http(destination)

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send one request with all."""
        body = b"[" + b",".join(message.body for message in messages) + b"]"
        answer = self._http.post(self._url, body, {"Content-Type": "application/json"})
        return dict.fromkeys(range(len(messages)), answer.refusal) if answer.refusal else {}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


TRANSPORT = Alertmanager
