"""OpenTelemetry: one log record in OTLP's JSON (opentelemetry-proto 1.x, logs data model), which the transport puts into a request.

The trace that a job belongs to is taken from ``TRACEPARENT`` in its environment (W3C Trace Context), so that a detection shows
beside the build's spans.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.sinks.formats.facts import facts_of
from flycatcher.sinks.formats.title import title
from flycatcher.sinks.message import rfc3339

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

_SEVERITIES = {
    "none": (9, "INFO"),
    "low": (10, "INFO2"),
    "medium": (13, "WARN"),
    "high": (17, "ERROR"),
    "critical": (21, "FATAL"),
}
_INT64 = 1 << 63
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


class Otlp:
    """``format = "otlp"``."""

    content_type = "application/json"

    def render(self, event: Event) -> bytes:
        """Return one log record."""
        number, text = _SEVERITIES[event.level]
        record: dict[str, Any] = {
            "timeUnixNano": str(int(event.time * 1_000_000) * 1000),
            "observedTimeUnixNano": str(int(event.time * 1_000_000) * 1000),
            "severityNumber": number,
            "severityText": text,
            "eventName": f"flycatcher.{event.kind}",
            "body": {"stringValue": title(event)},
            "attributes": [
                {"key": key, "value": any_value(value)}
                for key, value in _attributes(event).items()
                if value not in (None, "", [])
            ],
        }
        trace = _TRACE.fullmatch(str(((event.record.get("execution") or {}).get("env") or {}).get("TRACEPARENT", "")))
        if trace:
            record |= {"traceId": trace[1], "spanId": trace[2]}
        return msgspec.json.encode(record)


def any_value(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """Return a value as OTLP's AnyValue; 64-bit integers are strings in its JSON."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int) and -_INT64 <= value < _INT64:
        return {"intValue": str(value)}
    if isinstance(value, float) and math.isfinite(value):
        return {"doubleValue": value}
    if isinstance(value, list | tuple):
        return {"arrayValue": {"values": [any_value(each) for each in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": [{"key": str(key), "value": any_value(each)} for key, each in value.items()]}}
    return {"stringValue": str(value)}


def _attributes(event: Event) -> dict[str, Any]:
    """Return the attributes: those of the semantic conventions where there are any, ``flycatcher.*`` for the rest."""
    made: dict[str, Any] = {"log.record.uid": event.uid, "host.name": event.host, "flycatcher.kind": event.kind}
    if event.group is not None:
        made["flycatcher.count"] = event.group.count
    if not event.is_detection:
        return made | {
            f"flycatcher.{key}": value for key, value in event.record.items() if key not in {"schema", "kind", "text"}
        }
    facts = facts_of(event)
    context = facts.context
    return made | {
        "process.pid": facts.process.get("pid"),
        "process.executable.path": facts.execution.get("exe"),
        "process.command_args": facts.argv,
        "process.parent_pid": facts.parent.get("pid"),
        "process.owner": context.get("user.name"),
        "process.working_directory": facts.execution.get("cwd"),
        "container.id": context.get("container.id"),
        "container.name": context.get("container.name"),
        "container.image.name": context.get("container.image"),
        "k8s.pod.name": context.get("kubernetes.pod"),
        "k8s.namespace.name": context.get("kubernetes.namespace"),
        "cicd.pipeline.name": context.get("ci.workflow"),
        "cicd.pipeline.run.id": context.get("ci.run"),
        "cicd.pipeline.task.name": context.get("ci.job"),
        "vcs.repository.name": context.get("ci.repository"),
        "vcs.ref.head.revision": context.get("ci.commit"),
        "deployment.environment.name": context.get("environment"),
        "flycatcher.id": facts.id,
        "flycatcher.level": event.level,
        "flycatcher.score": facts.score,
        "flycatcher.reasons": facts.reasons,
        "flycatcher.techniques": facts.techniques,
        "flycatcher.capabilities": facts.capabilities,
        "flycatcher.interpreter": facts.interpreter,
        "flycatcher.vector": str(facts.snippet.get("vector", "")),
        "flycatcher.text": facts.text,
        "flycatcher.text.sha256": facts.sha256,
        "flycatcher.policy": facts.outcome,
        "flycatcher.seen": facts.fidelity.get("time") or rfc3339(event.time),
    }


FORMAT = Otlp
