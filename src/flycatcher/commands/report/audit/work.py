"""The work of ``flycatcher report audit``."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher import __version__
from flycatcher.commands.report.audit.accepted import accepted, baseline
from flycatcher.commands.report.audit.as_html import as_html
from flycatcher.commands.report.audit.as_markdown import as_markdown
from flycatcher.commands.report.audit.ask import Asker
from flycatcher.commands.report.audit.coverage import coverage
from flycatcher.commands.report.audit.evidence import check_range, of_ledger, of_store
from flycatcher.commands.report.audit.found import TRIAGE, detections, triage
from flycatcher.commands.report.audit.frameworks import frameworks
from flycatcher.commands.report.audit.given import doctor, simulation
from flycatcher.commands.report.audit.parts import Report, Section
from flycatcher.commands.report.audit.span import Span, rfc3339, span_of
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.transports.place import replace_file

if TYPE_CHECKING:
    from flycatcher.commands.report.audit.evidence import Evidence

_NO_PEOPLE = "what people said of detections: a ledger does not hold it, a store does (--store)."


class Asked(Struct, frozen=True, kw_only=True):
    """What the options say."""

    first: str
    last: str
    store: str = ""
    ledger: Path | None = None
    key: str = ""
    config: Path | None = None
    simulation: Path | None = None
    doctor: Path | None = None
    baseline: Path | None = None
    base: str = ""


def write(asked: Asked, form: str, output: str) -> bool:
    """Write a report; return whether its evidence holds together. Raises FlycatcherError."""
    made = report(asked)
    data = {"markdown": as_markdown, "html": as_html}[form](made).encode()
    if output == "-":
        sys.stdout.buffer.write(data)
        return made.is_sound
    try:
        _put(Path(output), data)
    except OSError as error:
        raise FlycatcherError(f"{output}: {error.strerror}", hint="the report was not written") from error
    return made.is_sound


def _put(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all; what is a link, a pipe or a device stays one."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_bytes(data)
    else:
        replace_file(str(path), data)


def report(asked: Asked) -> Report:
    """Make a report. Raises FlycatcherError."""
    span = span_of(asked.first, asked.last, time.time())
    source = of_ledger(asked.ledger, asked.key) if asked.ledger is not None else of_store(_address(asked))
    with source as evidence:
        check_range(evidence, span)
        sections = _recorded(evidence, span, asked)
        return Report(
            title="Audit report: code on the fly",
            facts=(*_about(span), *evidence.facts),
            remarks=(*_future(span), *evidence.remarks),
            sections=(*sections, frameworks(sections, has_integrity=evidence.has_integrity)),
            is_sound=evidence.is_sound,
        )


def _recorded(evidence: Evidence, span: Span, asked: Asked) -> list[Section]:
    ask = Asker(evidence.connection, span)
    people = triage(ask) if evidence.has_people else Section(id="triage", title=TRIAGE, missing=_NO_PEOPLE)
    return [
        coverage(ask),
        detections(ask, has_people=evidence.has_people),
        people,
        accepted(asked.config, ask),
        baseline(asked.baseline, asked.base),
        simulation(asked.simulation),
        doctor(asked.doctor),
    ]


def _about(span: Span) -> tuple[tuple[str, str], ...]:
    return (
        ("time", f"from {rfc3339(span.since)} up to, and without, {rfc3339(span.until)}"),
        ("made", f"{rfc3339(span.made)} by flycatcher {__version__}"),
    )


def _address(asked: Asked) -> str:
    from flycatcher.sinks.store.location import default_store  # noqa: PLC0415

    return asked.store or default_store()


def _future(span: Span) -> tuple[str, ...]:
    said = "Times are in UTC; in SQL they are seconds since 1970."
    if span.until <= span.made + 1:
        return (said,)
    return (said, f"The time ends after this report was made: what happens from {rfc3339(span.made)} on is not in it.")
