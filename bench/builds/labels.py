"""Each distinct detection of the builds, and what somebody who read it says of it.

``labels.jsonl`` beside this file: ``build``, ``shape`` (the detection's), ``level`` at the time, ``verdict`` and ``why``. Verdicts:

- ``false``: nothing to look at; the product is wrong to raise it;
- ``true``: what it says happens, and is worth a look (a program that is fetched and run without a check);
- ``fact``: what it says happens, and is worth a record and no alarm: low is right;
- ``unverified``: code from the network without a pinned checksum; counted apart.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flycatcher.core.levels import LEVELS, at_least

if TYPE_CHECKING:
    from bench.builds.workshop import Run

LABELS = Path(__file__).with_name("labels.jsonl")
TEXT = 800
"""Characters of a text that are written down."""
VERDICTS = frozenset({"false", "true", "fact", "unverified"})


def distinct(build: str, mode: str, run: Run, least: str = "medium") -> list[dict[str, Any]]:
    """Return each distinct detection of a run at ``least`` or above, with how often it came."""
    found: dict[str, dict[str, Any]] = {}
    for record in run.records:
        level = record["risk"].get("level", "none")
        if at_least(level, least):
            shown = found.setdefault(
                record["id"], {"build": build, "mode": mode, "level": level, **_shown(record), "count": 0}
            )
            shown["count"] += 1
    return list(found.values())


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    """Return what a reader needs to judge a detection."""
    snippet, execution = record["snippets"][0], record["execution"]
    return {
        "id": record["id"],
        "shape": record["shape"],
        "score": record["risk"].get("score", 0),
        "interpreter": record["interpreter"],
        "vector": snippet["vector"],
        "text": (snippet.get("text") or snippet.get("path") or "")[:TEXT],
        "reasons": [f"+{reason['points']} {reason['text']}" for reason in record["risk"].get("reasons", ())],
        "by": [" ".join(process.get("argv", ()))[:120] for process in execution.get("ancestry", ())[:3]],
        "cwd": execution.get("cwd", ""),
    }


def read() -> dict[tuple[str, str], dict[str, str]]:
    """Return the labels by build and shape."""
    if not LABELS.exists():
        return {}
    rows = map(json.loads, LABELS.read_text(encoding="utf-8").splitlines())
    return {(row["build"], row["shape"]): row for row in rows}


def labelled(details: list[dict[str, Any]]) -> str:
    """Return how many of the detections are what, by level."""
    known = read()
    counts: Counter[tuple[str, str]] = Counter()
    for row in details:
        if row["level"] != "none":
            counts[row["level"], known.get((row["build"], row["shape"]), {}).get("verdict", "not read")] += 1
    said = [
        f"{count} {level}: {verdict}"
        for (level, verdict), count in sorted(counts.items(), key=lambda each: (-LEVELS.index(each[0][0]), each[0][1]))
    ]
    return "\ndistinct detections, by label: " + (", ".join(said) or "none")
