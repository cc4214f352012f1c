"""A finding as the record that every sink takes: the detection's own, with ``finding`` beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flycatcher.reporting import record_of, redacted
from flycatcher.sources.context.redact import redact_lines

if TYPE_CHECKING:
    from flycatcher.scanning.finding import Finding, SuppressionNotice
    from flycatcher.sinks import Record


def finding_record(finding: Finding, *, redact: bool = True) -> Record:
    """Return a finding ready for JSON, its secrets taken out."""
    record = record_of(finding.detection, redact=redact)
    details = msgspec.to_builtins(finding)
    del details["detection"]
    details["kind"] = finding.kind
    details["confidence"] = finding.confidence
    details["fingerprint"] = finding.fingerprint
    if redact:
        frame = redact_lines(details.pop("frame", ()))
        details = {**redacted(details), "frame": frame}
    record["finding"] = details
    return record


def notice_record(notice: SuppressionNotice) -> Record:
    """Return a notice ready for JSON."""
    return {"schema": "flycatcher.notice/1", "notice": msgspec.to_builtins(notice)}
