"""What an earlier report holds: the ids of its detections."""

from __future__ import annotations

import json
from pathlib import Path

from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.logs.engine.rows import decoded

_LIMIT = 1 << 31
"""Bytes of a report that are read."""


def ids(path: str) -> frozenset[str]:
    """Return the ids in a report (JSON Lines, or one JSON document). Raises FlycatcherError."""
    found: set[str] = set()
    try:
        with Path(path).open("rb") as file:
            first = file.readline()
            if decoded(first.strip()) is None:
                document = json.loads(first + file.read(_LIMIT))
                rows = document.get("detections", ()) if isinstance(document, dict) else document
                return frozenset(row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str))
            for line in (first, *file):
                row = decoded(line.strip())
                for each in row.get("detections", [row]) if isinstance(row, dict) else ():
                    if isinstance(each, dict) and isinstance(each.get("id"), str):
                        found.add(each["id"])
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint="give the report of an earlier hunt") from error
    except ValueError as error:
        raise FlycatcherError(
            f"{path}: not a report: {error}", hint="give the report of an earlier hunt (json, jsonl)"
        ) from error
    return frozenset(found)
