"""``run --attest FILE``: collects what is reported, and writes the statement into an envelope when the command has ended."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from flycatcher import __version__
from flycatcher.attestation.materials import Descriptor, subjects
from flycatcher.attestation.statement import (
    EXTENSION,
    MONITOR,
    PREDICATE,
    TYPE,
    Completeness,
    Extension,
    detected,
    processes,
)
from flycatcher.core.errors import FlycatcherError
from flycatcher.signing.dsse import IN_TOTO, sealed
from flycatcher.signing.keys import SigningKey
from flycatcher.sinks.message import kind_of, written_out
from flycatcher.sinks.transports.files import File, LostError
from flycatcher.sinks.transports.place import Owner
from flycatcher.sources.context.redact import redact_argv

if TYPE_CHECKING:
    from flycatcher.attestation.statement import Detected
    from flycatcher.attestation.trace import Trace
    from flycatcher.sinks import Record

LIMITS = (
    "the digest of a program or script is that of its file when it was looked at, before it started",
    "of the files that programs read, only scripts that their command line names are listed; the network is not",
)
"""Besides those of the sensor."""


class Asked(Struct, frozen=True, kw_only=True):
    """What is attested, by whom."""

    path: str
    owner: Owner = None
    subjects: tuple[str, ...] = ()
    """Files that the command makes; none: the commit that it builds."""
    key: SigningKey | None = None
    redact: bool = True
    trace_policy: Mapping[str, Any]
    """How the run was watched: the predicate's monitor.tracePolicy."""
    process: Mapping[str, str]
    materials: list[Descriptor]


class Attestation:
    """The sink."""

    takes_notices = True

    def __init__(self, asked: Asked, trace: Trace) -> None:
        """``trace``: where the executions are collected. Raises FlycatcherError where there is nothing to attest."""
        self.path = asked.path
        self._asked, self._trace = asked, trace
        self._file = File(asked.path, asked.owner, held=True)
        self._commit = [each for each in asked.materials if "gitCommit" in each["digest"]]
        if not asked.subjects and not self._commit:
            hint = "give --subject FILE, a file that the command makes"
            raise FlycatcherError("there is no commit that an attestation could be about", hint=hint, code=2)
        self._detections: list[Detected] = []
        self._losses: list[str] = []
        self._started = _now()

    def open(self) -> None:
        """Create the file, before the command starts. Raises OSError."""
        self._file.open()

    def write(self, record: Record) -> None:
        """Take a detection, or a loss."""
        kind = kind_of(record)
        if kind in {"detection", "suppressed"}:
            self._detections.append(detected(record))
        elif kind == "loss":
            self._losses.append(record["text"])

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the envelope. Raises LostError where a subject is missing: nothing is attested then."""
        try:
            about = subjects(self._asked.subjects, self._asked.owner) or self._commit
        except FlycatcherError as error:
            self._file.close()
            raise LostError(errno.ENOENT, f"nothing was attested: {error}") from error
        payload = msgspec.json.encode(written_out(self._statement(about, summary)))
        self._file.write(sealed(payload, IN_TOTO, self._asked.key))
        self._file.close()

    def _statement(self, about: list[Descriptor], summary: Mapping[str, Any]) -> dict[str, Any]:
        asked = self._asked
        predicate = {
            "monitor": {"type": MONITOR, "tracePolicy": dict(asked.trace_policy)},
            "monitoredProcess": dict(asked.process),
            "monitorLog": {"process": processes(self._trace, redact_argv if asked.redact else list)},
            "metadata": {"buildStartedOn": self._started, "buildFinishedOn": _now()},
            EXTENSION: msgspec.to_builtins(self._extension(summary)),
        }
        return {"_type": TYPE, "subject": about, "predicateType": PREDICATE, "predicate": predicate}

    def _extension(self, summary: Mapping[str, Any]) -> Extension:
        completeness = Completeness(
            observed=summary["observed"],
            lost=summary["lost"],
            omitted=max(self._trace.omitted, summary["executions_seen"] - summary["lost"] - self._trace.ran),
            outlived=summary["outlived"],
            losses=tuple(self._losses),
        )
        return Extension(
            version=__version__,
            exit_code=summary["exit_code"],
            completeness=completeness,
            detections=tuple(self._detections),
            baseline="new" in summary,
            new=summary.get("new", 0),
            summary=dict(summary),
            materials=tuple(self._asked.materials),
        )


def _now() -> str:
    """Return the time as in-toto's Timestamp has it."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
