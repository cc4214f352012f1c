"""Kafka: an idempotent producer with ``acks=all``; the key is the detection's id, the header ``flycatcher-id`` the message's.

``kafka://broker:9092,broker2:9092/TOPIC``. The producer's own retries keep the order; what it gives up is sent again by the lane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.sinks.message import Unavailable
from flycatcher.sinks.transports.secret import secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message

_TOO_LARGE = frozenset({"MSG_SIZE_TOO_LARGE", "INVALID_MSG", "INVALID_MSG_SIZE", "INVALID_RECORD"})
"""Errors that mean this message, by librdkafka's names."""


class Kafka:
    """``to = "kafka://broker:9092/flycatcher"``."""

    schemes: ClassVar = ("kafka", "kafka+tls")
    format: ClassVar = "flycatcher"
    most: ClassVar = 1000
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        sasl_mechanism: str = "SCRAM-SHA-512"
        """With a ``user``."""
        compression: str = "none"

    def __init__(self, destination: Destination, options: Options) -> None:
        """Read the address. Raises FlycatcherError."""
        with needed("confluent-kafka", "kafka", by=f"sink {destination.name}"):
            import confluent_kafka  # noqa: PLC0415 - only this transport needs it
        parts = urlsplit(destination.to)
        self._topic, self._brokers, self._tls = parts.path.strip("/"), parts.netloc, parts.scheme == "kafka+tls"
        if not self._topic or not self._brokers:
            raise FlycatcherError(
                f"sink {destination.name}: no broker or topic", hint="kafka://broker:9092/TOPIC", code=2
            )
        self._kafka, self._destination, self._options = confluent_kafka, destination, options
        self._producer: Any = None

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Produce all, and wait for the brokers' acknowledgements."""
        failed: dict[int, Any] = {}
        left = set(range(len(messages)))
        try:
            producer = self._made()
            for number, message in enumerate(messages):
                self._produce(producer, message, number, failed, left)
            producer.flush(self._destination.timeout)
        except (self._kafka.KafkaException, BufferError) as error:
            self._drop()
            raise Unavailable(str(error)) from error
        others = [error for error in failed.values() if error.name() not in _TOO_LARGE]
        if left or others:
            self._drop()  # what is still in its queue is sent again by us
            raise Unavailable(
                others[0].str() if others else f"no acknowledgement within {self._destination.timeout:.0f} seconds"
            )
        return {number: error.str() for number, error in failed.items()}

    def _produce(self, producer: Any, message: Message, number: int, failed: dict[int, Any], left: set[int]) -> None:  # noqa: ANN401
        def done(error: Any, _: object) -> None:  # noqa: ANN401 - confluent_kafka is imported late
            left.discard(number)
            if error is not None:
                failed[number] = error

        key = str(message.event.record.get("id") or message.event.kind)
        headers = [("flycatcher-id", message.event.uid), ("content-type", message.content_type)]
        try:
            producer.produce(
                self._topic,
                message.body,
                key,
                headers=headers,
                timestamp=int(message.event.time * 1000),
                on_delivery=done,
            )
        except self._kafka.KafkaException as error:
            done(error.args[0], None)
        producer.poll(0)

    def _made(self) -> Any:  # noqa: ANN401
        if self._producer is None:
            settings: dict[str, Any] = {
                "bootstrap.servers": self._brokers,
                "enable.idempotence": True,
                "acks": "all",
                "compression.type": self._options.compression,
                "message.timeout.ms": int(self._destination.timeout * 1000),
                "socket.timeout.ms": int(self._destination.timeout * 1000),
                "linger.ms": 5,
                "client.id": "flycatcher",
                "log_level": 0,
                "error_cb": lambda _: None,
            }
            self._producer = self._kafka.Producer(settings | self._login())
        return self._producer

    def _login(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._tls:
            files = {
                "ssl.ca.location": "ca_file",
                "ssl.certificate.location": "cert_file",
                "ssl.key.location": "key_file",
            }
            found |= {key: path for key, name in files.items() if (path := getattr(self._destination, name))}
        if self._destination.user:
            found |= {
                "sasl.mechanism": self._options.sasl_mechanism,
                "sasl.username": self._destination.user,
                "sasl.password": secret_of(self._destination),
            }
        protocol = {(True, True): "SASL_SSL", (True, False): "SSL", (False, True): "SASL_PLAINTEXT"}
        return found | {"security.protocol": protocol.get((self._tls, bool(self._destination.user)), "PLAINTEXT")}

    def _drop(self) -> None:
        if self._producer is not None:
            self._producer.purge()
        self._producer = None

    def close(self) -> None:
        """End the producer."""
        self._drop()


TRANSPORT = Kafka
