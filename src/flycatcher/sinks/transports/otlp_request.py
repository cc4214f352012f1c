"""What OTLP asks for: log records in a resource for each host, in protobuf or in the protocol's own JSON.

Source: opentelemetry-proto 1.x, ``collector/logs/v1/logs_service.proto`` and ``logs/v1/logs.proto``; the JSON encoding is
that of the OTLP specification (64-bit integers are strings, trace ids are hexadecimal).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher import __version__
from flycatcher.extras import needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flycatcher.sinks.message import Message

SCOPE = "flycatcher"


class JsonEncoding:
    """``encoding = "json"``."""

    content_type = "application/json"

    def request(self, messages: Sequence[Message], service: str) -> bytes:
        """Return an ExportLogsServiceRequest."""
        scope = {"name": SCOPE, "version": __version__}
        made = [
            {
                "resource": _resource(service, host),
                "scopeLogs": [{"scope": scope, "logRecords": list(map(msgspec.Raw, bodies))}],
            }
            for host, bodies in _by_host(messages).items()
        ]
        return msgspec.json.encode({"resourceLogs": made})

    def rejected(self, body: bytes) -> str:
        """Return why records were rejected, empty where none was."""
        try:
            said = msgspec.json.decode(body).get("partialSuccess") or {}
            count = int(said.get("rejectedLogRecords") or 0)
        except (msgspec.MsgspecError, AttributeError, ValueError):
            return ""  # a success needs no body
        return _rejection(count, str(said.get("errorMessage", "")))


class ProtobufEncoding:
    """``encoding = "protobuf"``: what collectors take by default."""

    content_type = "application/x-protobuf"

    def __init__(self, name: str, extra: str = "sinks") -> None:
        """``name``: the sink's. Raises FlycatcherError where opentelemetry-proto is missing; ``extra`` is what has it."""
        with needed("opentelemetry-proto", extra, by=f"sink {name}"):
            from google.protobuf.message import DecodeError  # noqa: PLC0415 - only this encoding needs it
            from opentelemetry.proto.collector.logs.v1 import logs_service_pb2  # noqa: PLC0415
            from opentelemetry.proto.common.v1 import common_pb2  # noqa: PLC0415
            from opentelemetry.proto.logs.v1 import logs_pb2  # noqa: PLC0415
        self._service: Any = logs_service_pb2
        self._logs: Any = logs_pb2
        self._common: Any = common_pb2
        self._broken = DecodeError

    def request(self, messages: Sequence[Message], service: str) -> bytes:
        """Return an ExportLogsServiceRequest. Raises ValueError for a message that is no log record."""
        made = self._service.ExportLogsServiceRequest()
        for host, bodies in _by_host(messages).items():
            logs = made.resource_logs.add()
            logs.resource.attributes.extend(map(self._pair, _resource(service, host)["attributes"]))
            scope = logs.scope_logs.add(scope=self._common.InstrumentationScope(name=SCOPE, version=__version__))
            scope.log_records.extend(self._record(msgspec.json.decode(body)) for body in bodies)
        data: bytes = made.SerializeToString()
        return data

    def rejected(self, body: bytes) -> str:
        """Return why records were rejected, empty where none was."""
        try:
            said = self._service.ExportLogsServiceResponse.FromString(body).partial_success
        except self._broken:
            return ""  # a success needs no body
        return _rejection(said.rejected_log_records, said.error_message)

    def _record(self, record: dict[str, Any]) -> Any:  # noqa: ANN401 - the generated classes have no types here
        return self._logs.LogRecord(
            time_unix_nano=int(record["timeUnixNano"]),
            observed_time_unix_nano=int(record["observedTimeUnixNano"]),
            severity_number=record["severityNumber"],
            severity_text=record["severityText"],
            event_name=record["eventName"],
            body=self._value(record["body"]),
            attributes=map(self._pair, record["attributes"]),
            trace_id=bytes.fromhex(record.get("traceId", "")),
            span_id=bytes.fromhex(record.get("spanId", "")),
        )

    def _pair(self, pair: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
        return self._common.KeyValue(key=pair["key"], value=self._value(pair["value"]))

    def _value(self, value: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
        [(kind, held)] = value.items()
        made = self._common.AnyValue
        match kind:
            case "boolValue":
                return made(bool_value=held)
            case "intValue":
                return made(int_value=int(held))
            case "doubleValue":
                return made(double_value=held)
            case "arrayValue":
                return made(array_value=self._common.ArrayValue(values=map(self._value, held["values"])))
            case "kvlistValue":
                return made(kvlist_value=self._common.KeyValueList(values=map(self._pair, held["values"])))
            case _:
                return made(string_value=held)


def _by_host(messages: Iterable[Message]) -> dict[str, list[bytes]]:
    hosts: dict[str, list[bytes]] = {}
    for message in messages:
        hosts.setdefault(message.event.host, []).append(message.body)
    return hosts


def _resource(service: str, host: str) -> dict[str, list[dict[str, Any]]]:
    attributes = {"service.name": service, "host.name": host}
    return {"attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]}


def _rejection(count: int, said: str) -> str:
    return f"the collector rejects it: {said}" if count else ""
