"""Reports compared by their detections' ids: what is new, what is gone, what both have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.levels import LEVELS
from flycatcher.sinks.formats.line import level_of
from flycatcher.sinks.formats.shared import Filler

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Record = dict[str, Any]


class Compared(Struct, frozen=True):
    """Detections by what became of them, the worst first, each with how often it was seen."""

    new: list[tuple[Record, int]]
    gone: list[tuple[Record, int]]
    known: list[tuple[Record, int]]
    suppressed: int
    losses: int
    """Executions that were lost: what they ran is not in the report."""

    @classmethod
    def of(cls, reports: Iterable[Path], bases: Iterable[Path]) -> Compared:
        """Read and compare. Raises FlycatcherError for a file that is no report."""
        ours, suppressed, losses = _read(reports)
        theirs, _, _ = _read(bases)
        return cls(
            new=_sorted(each for key, each in ours.items() if key not in theirs),
            gone=_sorted(each for key, each in theirs.items() if key not in ours),
            known=_sorted(each for key, each in ours.items() if key in theirs),
            suppressed=suppressed,
            losses=losses,
        )


def _sorted(found: Iterable[tuple[Record, int]]) -> list[tuple[Record, int]]:
    names = [str(level) for level in LEVELS]
    return sorted(found, key=lambda each: -names.index(level_of(each[0]) or "none"))


def _read(paths: Iterable[Path]) -> tuple[dict[str, tuple[Record, int]], int, int]:
    """Return the detections by id with their counts, how many were suppressed, how many executions were lost."""
    found: dict[str, tuple[Record, int]] = {}
    suppressed = losses = 0
    for path in paths:
        for record in _records(path):
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


def _records(path: Path) -> list[Record]:
    """Return a report's records: JSON Lines, or a document with ``detections`` or ``findings``."""
    try:
        data = path.read_bytes()
        if path.suffix == ".json":
            document = msgspec.json.decode(data, type=dict[str, Any])
            return [*document.get("detections", document.get("findings", [])), {"summary": document.get("summary")}]
        filler = Filler()
        rows = (
            filler.whole(msgspec.json.decode(line, type=dict[str, Any])) for line in data.splitlines() if line.strip()
        )
        return [row for row in rows if row is not None]
    except OSError as error:
        raise FlycatcherError(
            f"{path}: {error.strerror}", hint="give a report of run, watch or scan", code=3
        ) from error
    except msgspec.MsgspecError as error:
        raise FlycatcherError(f"{path}: no report: {error}", hint="give a .jsonl or .json report") from error
