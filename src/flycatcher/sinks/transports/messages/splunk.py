"""Splunk's HTTP Event Collector: a batch of events a request; with ``ack``, delivered only once the indexer has said so.

``hec+https://host:8088``; the token is Splunk's. In an answer, code 0 is success; everything else is sent again.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from msgspec import Struct

from flycatcher.sinks.message import Unavailable
from flycatcher.sinks.transports.address import web_address
from flycatcher.sinks.transports.http import Http

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message

_POLL = 0.2


class Splunk:
    """``to = "hec+https://splunk.example:8088"``."""

    schemes: ClassVar = ("hec+https", "hec+http")
    format: ClassVar = "flycatcher"
    most: ClassVar = 1000
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        index: str = ""
        source: str = "flycatcher"
        sourcetype: str = "_json"
        ack: bool = False
        """Wait for the indexer's acknowledgement, which the token must have been made for."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is sent yet."""
        self._base, self._options = web_address(destination).rstrip("/"), options
        self._timeout = destination.timeout
        self._http = Http(destination, "Splunk")
        self._channel = str(uuid.uuid4())

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send one request with all."""
        body = b"\n".join(self._event(message) for message in messages)
        headers = {"Content-Type": "application/json"}
        if self._options.ack:
            headers["X-Splunk-Request-Channel"] = self._channel
        answer = self._http.post(f"{self._base}/services/collector/event", body, headers)
        if answer.refusal:
            return dict.fromkeys(range(len(messages)), answer.refusal)
        said = _json(answer.body)
        if said.get("code") != 0:
            raise Unavailable(f"the collector says {said.get('text') or 'something that is no JSON'}")
        if self._options.ack:
            self._wait_for(said.get("ackId"), headers)
        return {}

    def _event(self, message: Message) -> bytes:
        event = message.event
        made: dict[str, Any] = {
            "time": round(event.time, 3),
            "host": event.host,
            "source": self._options.source,
            "sourcetype": self._options.sourcetype,
            "event": msgspec.Raw(message.body) if "json" in message.content_type else message.body.decode(),
            "fields": {"flycatcher_id": event.uid, "kind": event.kind, "level": event.level},
        }
        return msgspec.json.encode(made | ({"index": self._options.index} if self._options.index else {}))

    def _wait_for(self, number: Any, headers: Mapping[str, str]) -> None:  # noqa: ANN401 - any JSON value
        """Ask until the indexer has it, for as long as a request may take. Raises Unavailable."""
        end = time.monotonic() + self._timeout
        while time.monotonic() < end:
            question = msgspec.json.encode({"acks": [number]})
            said = _json(self._http.post(f"{self._base}/services/collector/ack", question, headers).body)
            if (said.get("acks") or {}).get(str(number)):
                return
            time.sleep(_POLL)
        raise Unavailable("the indexer has not acknowledged it")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return {}
    return found if isinstance(found, dict) else {}


TRANSPORT = Splunk
