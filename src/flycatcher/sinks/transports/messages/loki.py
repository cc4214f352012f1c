"""Grafana Loki: the push API, with few labels and the message's id as structured metadata.

``loki+https://host:3100``. Loki wants lines of a stream by time; the spool's order is that already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec import Struct

from flycatcher.sinks.transports.address import web_address
from flycatcher.sinks.transports.http import Http

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message


class Loki:
    """``to = "loki+https://loki.example:3100"``."""

    schemes: ClassVar = ("loki+https", "loki+http")
    format: ClassVar = "flycatcher"
    most: ClassVar = 1000
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        tenant: str = ""
        """``X-Scope-OrgID``."""
        path: str = "/loki/api/v1/push"

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is sent yet."""
        self._url = web_address(destination).rstrip("/") + options.path
        self._headers = {"Content-Type": "application/json"} | (
            {"X-Scope-OrgID": options.tenant} if options.tenant else {}
        )
        self._http = Http(destination)

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send one request with a stream for each kind, level and host."""
        streams: dict[tuple[str, str, str], list[list[object]]] = {}
        for message in messages:
            event = message.event
            line: list[object] = [
                str(int(event.time * 1_000_000) * 1000),
                message.body.decode(),
                {"flycatcher_id": event.uid},
            ]
            streams.setdefault((event.kind, event.level, event.host), []).append(line)
        made = [
            {"stream": {"app": "flycatcher", "kind": kind, "level": level, "host": host}, "values": lines}
            for (kind, level, host), lines in streams.items()
        ]
        answer = self._http.post(self._url, msgspec.json.encode({"streams": made}), self._headers)
        return dict.fromkeys(range(len(messages)), answer.refusal) if answer.refusal else {}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


TRANSPORT = Loki
