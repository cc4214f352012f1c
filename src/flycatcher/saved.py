"""Saved reports, read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.formats.shared import Filler

if TYPE_CHECKING:
    from pathlib import Path

Record = dict[str, Any]


def records(path: Path) -> list[Record]:
    """Return a report's records: JSON Lines, or a document with ``detections`` or ``findings``.

    Raises FlycatcherError for a file that is no report.
    """
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
