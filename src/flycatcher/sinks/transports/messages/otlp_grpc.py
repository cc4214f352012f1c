"""OTLP/gRPC: log records to an OpenTelemetry collector, a call of ``LogsService/Export`` for a batch.

``otlp+grpcs://host:4317`` is over TLS, ``otlp+grpc://host:4317`` in clear text. INVALID_ARGUMENT and its like refuse
the batch, of which then each is sent alone; every other error is tried again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.sinks.message import Unavailable
from flycatcher.sinks.transports.address import host_and_port
from flycatcher.sinks.transports.otlp_request import ProtobufEncoding
from flycatcher.sinks.transports.secret import secret_of
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message

_METHOD = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
_REFUSALS = frozenset({"INVALID_ARGUMENT", "ALREADY_EXISTS", "FAILED_PRECONDITION"})
"""Codes that speak of the request; all others speak of the receiver, the address or the token."""
_SAID = 300


class OtlpGrpc:
    """``to = "otlp+grpcs://collector.example:4317"``."""

    schemes: ClassVar = ("otlp+grpcs", "otlp+grpc")
    format: ClassVar = "otlp"
    most: ClassVar = 1000
    carries: ClassVar = ("otlp",)
    late: ClassVar = ("grpc._channel", "grpc.experimental")

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """What only this transport knows."""

        service: str = "flycatcher"
        """``service.name``."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """Nothing is sent yet. Raises FlycatcherError."""
        host_and_port(destination)
        parts = urlsplit(destination.to)
        if parts.path.strip("/"):
            raise FlycatcherError(f"sink {destination.name}: gRPC has no path", hint="otlp+grpc://host:4317", code=2)
        with needed("grpcio", "grpc", by=f"sink {destination.name}"):
            import grpc  # noqa: PLC0415 - only this transport needs it
        self._grpc: Any = grpc
        self._destination, self._service = destination, options.service
        self._target, self._secure = parts.netloc.rpartition("@")[2], parts.scheme == "otlp+grpcs"
        self._encoding = ProtobufEncoding(destination.name, "grpc")
        self._channel: Any = None

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Make one call, with a resource for each host."""
        call = self._connected().unary_unary(_METHOD)
        body = self._encoding.request(messages, self._service)
        try:
            reason = self._encoding.rejected(call(body, timeout=self._destination.timeout, metadata=self._metadata()))
        except self._grpc.RpcError as error:
            code, said = error.code().name, one_line(str(error.details()))[:_SAID]
            if code not in _REFUSALS:
                self.close()
                raise Unavailable(f"gRPC {code}: {said}") from error
            reason = f"gRPC {code}: {said}"
        return dict.fromkeys(range(len(messages)), reason) if reason else {}

    def _connected(self) -> Any:  # noqa: ANN401 - grpc is imported late
        if self._channel is None:
            self._channel = (
                self._grpc.secure_channel(self._target, self._credentials())
                if self._secure
                else self._grpc.insecure_channel(self._target)
            )
        return self._channel

    def _credentials(self) -> Any:  # noqa: ANN401 - as above
        wanted = self._destination
        try:
            roots, key, chain = (
                Path(name).read_bytes() if name else None
                for name in (wanted.ca_file, (wanted.key_file or wanted.cert_file), wanted.cert_file)
            )
        except OSError as error:
            raise Unavailable(f"ca_file, cert_file or key_file: {error}") from error
        return self._grpc.ssl_channel_credentials(roots, key, chain)

    def _metadata(self) -> list[tuple[str, str]]:
        token = secret_of(self._destination)
        found = [(key.lower(), value) for key, value in self._destination.headers.items()]
        return [*found, ("authorization", f"Bearer {token}")] if token else found

    def close(self) -> None:
        """Close the connection."""
        if self._channel is not None:
            self._channel.close()
        self._channel = None


TRANSPORT = OtlpGrpc
