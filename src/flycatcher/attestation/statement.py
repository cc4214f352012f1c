"""The statement: in-toto Statement v1 with the predicate runtime-trace v0.1, and an extension with what only this monitor knows.

Sources: https://github.com/in-toto/attestation, spec/v1/statement.md, spec/v1/field_types.md, spec/predicates/runtime-trace.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from flycatcher import __version__
from flycatcher.baselines import KNOWN

if TYPE_CHECKING:
    from flycatcher.attestation.trace import Trace
    from flycatcher.sinks import Record

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/runtime-trace/v0.1"
MONITOR = f"pkg:pypi/flycatcher-detect@{__version__}"
"""monitor.type: the package URL of this version."""
EXTENSION = "flycatcher"
"""The predicate's field in which stands what the specification has no field for."""


class Detected(Struct, frozen=True, kw_only=True, rename="camel"):
    """A detection as a policy needs it."""

    id: str
    level: str
    score: int
    interpreter: str
    vectors: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    action: str = "observed"
    """What was done about it: ``suppressed`` where the configuration, or the baseline, accepts it."""
    known: bool = False
    """Whether the baseline knows it."""
    texts: tuple[str, ...] = ()
    """SHA-256 of each text, before any redaction."""
    argv: tuple[str, ...] = ()


class Completeness(Struct, frozen=True, kw_only=True, rename="camel"):
    """What is known to be missing."""

    observed: bool
    """Whether anything could be seen at all."""
    lost: int
    """Executions that ran without having been read."""
    omitted: int = 0
    """Executions that were seen, and are not in the list."""
    outlived: int = 0
    """Background processes that still ran when the command had ended; what they started later is not listed."""
    losses: tuple[str, ...] = ()
    """What the sensor said of its losses."""


class Extension(Struct, frozen=True, kw_only=True, rename="camel"):
    """The predicate's field :data:`EXTENSION`."""

    version: str
    exit_code: int
    completeness: Completeness
    detections: tuple[Detected, ...]
    baseline: bool = False
    """Whether the run was compared with a baseline: without one, nothing is known to be new."""
    new: int = 0
    summary: dict[str, Any] = {}
    """The figures of ``flycatcher schema summary``."""
    materials: tuple[dict[str, Any], ...] = ()
    """ResourceDescriptors of what went in: the commit (``gitCommit``), lock files."""


class Monitor(Struct, frozen=True, rename="camel"):
    """Who watched, and how."""

    type: str
    trace_policy: dict[str, Any] = {}


class MonitorLog(Struct, frozen=True):
    """What is read of the list of executions: how many there are."""

    process: tuple[dict[str, Any], ...] | None = None


class Predicate(Struct, frozen=True, rename="camel"):
    """What is read of a predicate; fields that are not known are left out, as the specification asks."""

    monitor: Monitor
    monitored_process: dict[str, Any]
    monitor_log: MonitorLog
    flycatcher: Extension
    metadata: dict[str, str] = {}


class Subject(Struct, frozen=True):
    """What the statement is about."""

    digest: dict[str, str]
    name: str = ""


class Statement(Struct, frozen=True, rename={"type": "_type", "predicate_type": "predicateType"}):
    """What is read of a statement."""

    type: str
    predicate_type: str
    subject: tuple[Subject, ...]
    predicate: Predicate


def read(payload: bytes) -> Statement:
    """Return a statement of ours. Raises ValueError where it is none."""
    found = msgspec.json.decode(payload, type=Statement)
    if found.type != TYPE or found.predicate_type != PREDICATE:
        raise ValueError("it is no in-toto statement of a runtime trace")
    if not found.subject or not all(each.digest for each in found.subject):
        raise ValueError("it has no subject, or one without a digest")
    return found


def detected(record: Record) -> Detected:
    """Return what a record says of a detection."""
    risk, policy = record.get("risk", {}), record.get("policy", {})
    return Detected(
        id=record["id"],
        level=risk.get("level", "none"),
        score=risk.get("score", 0),
        interpreter=record["interpreter"],
        vectors=tuple(each["vector"] for each in record["snippets"]),
        techniques=tuple(record["techniques"]),
        capabilities=tuple(record.get("capabilities", ())),
        action=policy.get("action", "observed"),
        known=policy.get("reason") == KNOWN,
        texts=tuple(each["sha256"] for each in record["texts"]),
        argv=tuple(record["execution"]["argv"]),
    )


def processes(trace: Trace, redacted: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - argv in, argv out
    """Return monitorLog.process: one object for each execution; ``redacted`` takes the secrets out of a list of words."""
    return [
        {
            "eventType": "process",
            "processBinary": ran.program,
            **({"digest": {"sha256": ran.digest}} if ran.digest else {}),
            "argv": redacted(ran.argv),
            "pid": ran.pid,
            **({"parent": ran.parent} if ran.parent else {}),
            "time": ran.time,
            "outcome": ran.happened,
            **({"files": [_file(*each) for each in ran.files]} if ran.files else {}),
            **({"interpreter": ran.interpreter} if ran.interpreter else {}),
            **({"texts": [_text(*each) for each in ran.texts]} if ran.texts else {}),
        }
        for ran in trace.executions
    ]


def _file(path: str, digest: str) -> dict[str, Any]:
    """Return a file as a ResourceDescriptor; one that could not be read has no digest."""
    return {"name": path, **({"digest": {"sha256": digest}} if digest else {})}


def _text(vector: str, digest: str, size: int) -> dict[str, Any]:
    """Return a text by its digest; one that was not seen has none."""
    return {"vector": vector, **({"digest": {"sha256": digest}, "bytes": size} if digest else {})}
