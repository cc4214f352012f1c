"""The rows of the table that ``python -m bench.builds`` prints."""

from __future__ import annotations

import statistics
from collections import Counter
from typing import TYPE_CHECKING

from bench.builds.compare import different
from flycatcher.core.levels import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.builds.catalogue import Build
    from bench.builds.compare import Bare
    from bench.builds.workshop import Run

_WORST_FIRST = LEVELS[::-1]
HEAD = (
    f"| build | mode | same | CPU bare, ratio | wall bare, ratio | executions | lost | {'/'.join(_WORST_FIRST)} | bytes per record | same ids |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def row(build: Build, mode: str, bare: Bare, runs: Sequence[Run]) -> str:
    """Return one build's figures in one mode; of several runs, medians of times and the first one's counts."""
    first = runs[0]
    levels = Counter(record["risk"].get("level", "none") for record in first.records)
    cells = (
        build.name,
        mode,
        "no" if any(different(bare, run) for run in runs) else f"yes ({len(bare.files)} files)",
        _ratio(bare.cpu, [run.cpu for run in runs]),
        _ratio(bare.wall, [run.wall for run in runs]),
        first.executions,
        sum(run.lost for run in runs),
        "/".join(str(levels[level]) for level in _WORST_FIRST),
        first.report // len(first.records) if first.records else "",
        _same_ids(runs),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _ratio(bare: float, watched: Sequence[float]) -> str:
    """Return the bare figure in seconds, and how many times that it is under Flycatcher."""
    return f"{bare:.1f} s, {statistics.median(watched) / max(bare, 0.01):.2f}"


def _same_ids(runs: Sequence[Run]) -> str:
    """Return of how many detections id and shape came again in the second run."""
    if len(runs) < 2:
        return ""
    said = []
    for name in ("id", "shape"):
        one, two = (Counter(record[name] for record in run.records) for run in runs[:2])
        said.append(f"{(one & two).total()} of {max(one.total(), two.total())}")
    return f"{said[0]}; shapes {said[1]}"
