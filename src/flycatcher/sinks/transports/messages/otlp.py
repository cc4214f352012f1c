"""OTLP/HTTP: log records to an OpenTelemetry collector, in the protocol's JSON encoding.

``otlp+http://host:4318`` is ``http://host:4318/v1/logs``. A partial success names how many records were refused, not
which: then each is sent alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec import Struct

from flycatcher import __version__
from flycatcher.sinks.transports.http import Http, web_address

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

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is sent yet."""
        self._url, self._service = web_address(destination).rstrip("/") + options.path, options.service
        self._http = Http(destination)

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send one request, a resource for each host."""
        hosts: dict[str, list[msgspec.Raw]] = {}
        for message in messages:
            hosts.setdefault(message.event.host, []).append(msgspec.Raw(message.body))
        scope = {"name": "flycatcher", "version": __version__}
        made = [
            {"resource": self._resource(host), "scopeLogs": [{"scope": scope, "logRecords": records}]}
            for host, records in hosts.items()
        ]
        body = msgspec.json.encode({"resourceLogs": made})
        answer = self._http.post(self._url, body, {"Content-Type": "application/json"})
        reason = answer.refusal or _rejected(answer.body)
        return dict.fromkeys(range(len(messages)), reason) if reason else {}

    def _resource(self, host: str) -> dict[str, object]:
        attributes = {"service.name": self._service, "host.name": host}
        return {"attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _rejected(body: bytes) -> str:
    """Return why records were rejected, empty where none was."""
    try:
        said = msgspec.json.decode(body).get("partialSuccess") or {}
        count = int(said.get("rejectedLogRecords") or 0)
    except (msgspec.MsgspecError, AttributeError, ValueError):
        return ""  # a success needs no body
    return f"the collector rejects it: {said.get('errorMessage', '')}" if count else ""


TRANSPORT = Otlp
