"""Elasticsearch and OpenSearch: the bulk API; the message's id is the document's, so that a copy is none.

``elasticsearch+https://host:9200/INDEX``; the index may hold ``%Y.%m.%d``, filled in with the event's day (UTC). Data streams take
``create`` alone, so that is what is sent; a document that is there (409) was delivered before.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.message import Unavailable
from flycatcher.sinks.transports.address import web_address
from flycatcher.sinks.transports.http import Http
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message

_CONFLICT = 409


class Elasticsearch:
    """``to = "elasticsearch+https://host:9200/flycatcher-%Y.%m.%d"``."""

    schemes: ClassVar = ("elasticsearch+https", "elasticsearch+http", "opensearch+https", "opensearch+http")
    format: ClassVar = "ecs"
    most: ClassVar = 1000
    carries: ClassVar = (
        "ecs", "flycatcher", "ocsf", "ocsf-activity", "otlp", "cloudevents", "jibril", "jibril-v1",
    )  # fmt: skip

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        api_key: bool = True
        """The token is an API key (``ApiKey``); false: a bearer token. With a ``user``, it is that user's password."""
        pipeline: str = ""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Take the index off the address. Raises FlycatcherError."""
        base, _, self._index = web_address(destination).rstrip("/").rpartition("/")
        if base.endswith("/") or not self._index:
            raise FlycatcherError(
                f"sink {destination.name}: no index", hint="elasticsearch+https://host:9200/INDEX", code=2
            )
        self._url = f"{base}/_bulk" + (f"?pipeline={options.pipeline}" if options.pipeline else "")
        self._http = Http(destination, "ApiKey" if options.api_key else "Bearer")

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send one request with all; each has an answer of its own."""
        body = b"".join(self._action(message) + message.body.replace(b"\n", b" ") + b"\n" for message in messages)
        answer = self._http.post(self._url, body, {"Content-Type": "application/x-ndjson"})
        if answer.refusal:
            return dict.fromkeys(range(len(messages)), answer.refusal)
        try:
            items = msgspec.json.decode(answer.body)["items"]
            outcomes = [next(iter(item.values())) for item in items]
        except (msgspec.MsgspecError, KeyError, TypeError, AttributeError, StopIteration) as error:
            raise Unavailable("the answer is not a bulk request's") from error
        if len(outcomes) != len(messages):
            raise Unavailable("the answer speaks of other documents than were sent")
        return _judged(outcomes)

    def _action(self, message: Message) -> bytes:
        index = time.strftime(self._index, time.gmtime(message.event.time))
        return msgspec.json.encode({"create": {"_index": index, "_id": message.event.uid}}) + b"\n"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _judged(outcomes: list[dict[str, Any]]) -> dict[int, str]:
    """Return what was refused. Raises Unavailable where one is to be sent again: those that were taken are then conflicts."""
    refused = {}
    for number, outcome in enumerate(outcomes):
        status = int(outcome.get("status", 500))
        reason = one_line(str((outcome.get("error") or {}).get("reason", "")), 300)
        if status == 429 or status >= 500:
            raise Unavailable(f"document {number} of the batch: {status} {reason}")
        if status >= 400 and status != _CONFLICT:
            refused[number] = f"{status} {reason}"
    return refused


TRANSPORT = Elasticsearch
