"""A simulation from start to end."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from flycatcher.commands.simulate.catalogue import missing
from flycatcher.commands.simulate.judge import LIVE, LOGS, judged, live, recorded
from flycatcher.commands.simulate.outcome import Outcome, outcome
from flycatcher.commands.simulate.stage import stage
from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.commands.simulate.catalogue import Technique
    from flycatcher.commands.simulate.stage import Stage


def simulate(techniques: Sequence[Technique], expect: Sequence[str], *, audit_rule: bool = False) -> list[Outcome]:
    """Run the techniques once per live sensor, once for all logs, and return what each saw. Raises FlycatcherError."""
    logs = [_log(each) for each in expect if each not in LIVE]
    able = [each for each in techniques if not missing(each)]
    found: list[Outcome] = []
    for sensor in dict.fromkeys(each for each in expect if each in LIVE):
        with stage(able) as here:
            found += _outcomes(techniques, sensor, here, live(sensor, here, audit_rule=audit_rule))
    if logs:
        with stage(able) as here:
            subprocess.run(here.command(), stdin=subprocess.DEVNULL, check=True)
            for kind, path in logs:
                found += _outcomes(techniques, f"{kind}:{path}", here, recorded(kind, path))
    return found


def _log(expected: str) -> tuple[str, str]:
    kind, _, path = expected.partition(":")
    if kind not in (*LOGS, "jsonl") or not path:
        raise FlycatcherError(f"{expected}: unknown sensor", hint="flycatcher simulate run --help", code=2)
    return kind, path


def _outcomes(
    techniques: Sequence[Technique], sensor: str, here: Stage, rows: list[tuple[float | None, dict[str, Any]]]
) -> list[Outcome]:
    able = [each for each in techniques if each.id in here.markers]
    seen, done = judged(able, here, rows), here.done()
    return [
        outcome(each, sensor, done.get(each.id), seen.get(each.id))
        if each.id in here.markers
        else Outcome(each.id, sensor, "skipped", each.attack, None, f"not installed: {', '.join(missing(each))}")
        for each in techniques
    ]
