"""Reports compared by their detections' ids: what is new, what is gone, what both have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from flycatcher.baselines import read
from flycatcher.core.baseline.compare import Known
from flycatcher.core.baseline.observe import entry_of
from flycatcher.core.detection import Detection
from flycatcher.core.levels import LEVELS, at_least
from flycatcher.saved import Record, records
from flycatcher.sinks.formats.line import level_of
from flycatcher.sources.context.redact import redact_text
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flycatcher.core.baseline.entry import Entry


class Compared(Struct, frozen=True):
    """Detections by what became of them, the worst first, each with how often it was seen."""

    new: list[tuple[Record, int]]
    gone: list[tuple[Record, int]]
    known: list[tuple[Record, int]]
    suppressed: int
    losses: int
    """Executions that were lost: what they ran is not in the report."""
    behaviour: tuple[str, ...] = ()
    """With a baseline: what the change makes run that was not run before, one sentence for each who starts it."""

    def new_from(self, level: str) -> int:
        """Return how many new detections have a risk of this level or more."""
        return sum(at_least(level_of(record) or "none", level) for record, _ in self.new)

    @classmethod
    def of(cls, reports: Iterable[Path], bases: Iterable[Path], baseline: Path | None = None) -> Compared:
        """Read and compare. Raises FlycatcherError for a file that is no report."""
        ours, suppressed, losses = _read(reports)
        theirs, _, _ = _read(bases)
        normal = Behaviour(Known(read(baseline))) if baseline is not None else None
        if normal is not None:
            theirs |= {key: each for key, each in ours.items() if normal.knows(each[0])}
        new = _sorted(each for key, each in ours.items() if key not in theirs)
        return cls(
            new=new,
            gone=_sorted(each for key, each in theirs.items() if key not in ours),
            known=_sorted(each for key, each in ours.items() if key in theirs),
            suppressed=suppressed,
            losses=losses,
            behaviour=tuple(normal.told((record for record, _ in new), whole=not suppressed))
            if normal is not None
            else (),
        )


class Behaviour:
    """A baseline that records of reports are held against."""

    def __init__(self, known: Known) -> None:
        """``known``: what the target branch normally runs."""
        self._known = known

    def knows(self, record: Record) -> bool:
        """Whether the baseline knows a record."""
        return self._known.covers(_entry(record))

    def told(self, records: Iterable[Record], *, whole: bool) -> Iterator[str]:
        """Yield a sentence for each who starts something new and, where the reports are ``whole``, one for what is gone."""
        count: Counter[str] = Counter()
        differences: dict[str, list[str]] = {}
        for record in records:
            entry = _entry(record)
            who = str(entry.started_by) if entry is not None else "somebody"
            count[who] += 1
            differences.setdefault(who, []).append(str(self._known.difference(entry)))
        for who, number in sorted(count.items()):
            yield f"This change makes {who} run {counted(number, 'new inline program')}."
            yield from sorted(set(differences[who]))
        gone = sum(1 for _ in self._known.gone()) if whole else 0
        if gone:
            yield f"{counted(gone, 'behaviour')} of the baseline {'was' if gone == 1 else 'were'} not seen."


def _entry(record: Record) -> Entry | None:
    """Return what a record is to a baseline; None also for one that an older release wrote."""
    try:
        detection = msgspec.convert(record, Detection, strict=False)
    except msgspec.ValidationError:
        return None
    return entry_of(detection, root=_root(detection), hide=redact_text)


def _root(detection: Detection) -> str:
    """Return the folder that a record's scripts are seen from: that of the farthest ancestor below which it ran."""
    folders = [process.cwd for process in detection.execution.ancestry if process.cwd]
    return folders[-1] if folders else detection.execution.cwd


def _sorted(found: Iterable[tuple[Record, int]]) -> list[tuple[Record, int]]:
    names = [str(level) for level in LEVELS]
    return sorted(found, key=lambda each: -names.index(level_of(each[0]) or "none"))


def _read(paths: Iterable[Path]) -> tuple[dict[str, tuple[Record, int]], int, int]:
    """Return the detections by id with their counts, how many were suppressed, how many executions were lost."""
    found: dict[str, tuple[Record, int]] = {}
    suppressed = losses = 0
    for path in paths:
        for record in records(path):
            losses += int((record.get("summary") or {}).get("lost") or 0)
            key = str((record.get("finding") or {}).get("fingerprint") or record.get("id") or "")
            if not key or "snippets" not in record:
                continue
            if (record.get("policy") or {}).get("action") == "suppressed":
                suppressed += 1
                continue
            first, count = found.get(key, (record, 0))
            found[key] = (first, count + 1)
    return found, suppressed, losses
