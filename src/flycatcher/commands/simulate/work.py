"""A simulation from start to end."""

from __future__ import annotations

import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flycatcher.commands.simulate.catalogue import missing
from flycatcher.commands.simulate.judge import LIVE, LOGS, judged, live, recorded
from flycatcher.commands.simulate.outcome import Outcome, outcome
from flycatcher.commands.simulate.receiver import Receiver
from flycatcher.commands.simulate.stage import stage
from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.commands.simulate.catalogue import Technique
from flycatcher.commands.simulate.stage import Stage


@dataclass(frozen=True)
class Asked:
    """Who should see the techniques, and how they are asked."""

    expect: Sequence[str]
    audit_rule: bool = False
    allow_remote: bool = False
    wait: float = 10.0
    """Seconds that a detection may take to arrive at ``http:ADDRESS`` after the last technique."""


def simulate(techniques: Sequence[Technique], asked: Asked) -> list[Outcome]:
    """Run the techniques once per live sensor, once for all others, and return what each saw. Raises FlycatcherError."""
    others = [_source(each) for each in dict.fromkeys(asked.expect) if each not in LIVE]
    remote = asked.allow_remote
    receivers = {address: Receiver(address, allow_remote=remote) for kind, address in others if kind == "http"}
    able = [each for each in techniques if not missing(each)]
    found: list[Outcome] = []
    with ExitStack() as stack:
        for each in receivers.values():
            stack.enter_context(each)
        for sensor in dict.fromkeys(each for each in asked.expect if each in LIVE):
            with stage(able) as here:
                found += _outcomes(techniques, sensor, here, live(sensor, here, audit_rule=asked.audit_rule))
        if others:
            with stage(able) as here:
                _run(here, receivers, asked.wait)
                for kind, place in others:
                    rows = receivers[place].rows if kind == "http" else recorded(kind, place)
                    found += _outcomes(techniques, f"{kind}:{place}", here, rows)
    return found


def _run(here: Stage, receivers: Mapping[str, Receiver], wait: float) -> None:
    """Run the plan, and wait for what is still on its way to the receivers."""
    subprocess.run(here.command(), stdin=subprocess.DEVNULL, check=True)
    ran = [here.markers[name] for name, row in here.done().items() if row["ran"]]
    end = time.monotonic() + wait
    for each in receivers.values():
        each.wait(ran, max(0.0, end - time.monotonic()))


def _source(expected: str) -> tuple[str, str]:
    kind, _, path = expected.partition(":")
    if kind not in (*LOGS, "jsonl", "http") or not path:
        raise FlycatcherError(f"{expected}: unknown sensor", hint="flycatcher simulate run --help", code=2)
    return kind, path


def _outcomes(
    techniques: Sequence[Technique], sensor: str, here: Stage, rows: list[tuple[float | None, dict[str, Any]]]
) -> list[Outcome]:
    able = [each for each in techniques if each.id in here.markers]
    seen, done = judged(able, here, rows, posted=sensor.startswith("http:")), here.done()
    return [
        outcome(each, sensor, done.get(each.id), seen.get(each.id))
        if each.id in here.markers
        else Outcome(each.id, sensor, "skipped", each.attack, None, f"not installed: {', '.join(missing(each))}")
        for each in techniques
    ]
