"""OTLP/HTTP: log records to an OpenTelemetry collector, in protobuf, or with ``encoding = "json"`` in the protocol's JSON.

``otlp+http://host:4318`` is ``http://host:4318/v1/logs``. A partial success names how many records were refused, not
which: then each is sent alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec import Struct

from flycatcher.sinks.transports.address import web_address
from flycatcher.sinks.transports.http import Http
from flycatcher.sinks.transports.otlp_request import JsonEncoding, ProtobufEncoding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message


class Otlp:
    """``to = "otlp+https://collector.example:4318"``."""

    schemes: ClassVar = ("otlp+https", "otlp+http")
    format: ClassVar = "otlp"
    most: ClassVar = 1000
    carries: ClassVar = ("otlp",)

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        path: str = "/v1/logs"
        service: str = "flycatcher"
        """``service.name``."""
        encoding: Literal["protobuf", "json"] = "protobuf"
        """The protocol's default is protobuf (OpenTelemetry Protocol Exporter, ``OTEL_EXPORTER_OTLP_PROTOCOL``)."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is sent yet."""
        self._url, self._service = web_address(destination).rstrip("/") + options.path, options.service
        self._http = Http(destination)
        self._encoding = JsonEncoding() if options.encoding == "json" else ProtobufEncoding(destination.name)

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send one request, a resource for each host."""
        body = self._encoding.request(messages, self._service)
        answer = self._http.post(self._url, body, {"Content-Type": self._encoding.content_type})
        reason = answer.refusal or self._encoding.rejected(answer.body)
        return dict.fromkeys(range(len(messages)), reason) if reason else {}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


TRANSPORT = Otlp
