"""What a large store answers, and what it takes to clear it out: milliseconds by the clock and by this process's processor time.

python -m bench.bench_store [--keep] [COUNT [ADDRESS]]

COUNT detections (1,000,000) are made where the store at ADDRESS (a new file) has none; ``--keep`` deletes nothing at the end.
In PostgreSQL the processor time is that of the asking side alone.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from bench.many import END, fill
from flycatcher.sinks.store import facets, figures, groups, retention, search
from flycatcher.sinks.store.database import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Engine

COUNT, ROUNDS, DAY = 1_000_000, 5, 86_400.0
QUERIES = (
    "",
    "level>=high",
    "level>=high host:ci-1",
    "host:ci-* since:2026-11-25",
    "interpreter:node capability:network.*",
    "since:2026-11-25 -state:accepted",
    "base64",
    "text~nowhere",
    "command~nowhere",
)


def main() -> None:
    """Print a line for each question and each clearing out."""
    words = [word for word in sys.argv[1:] if word != "--keep"]
    count = int(words[0]) if words else COUNT
    with ExitStack() as stack:
        address = (
            words[1] if len(words) > 1 else f"store://{stack.enter_context(tempfile.TemporaryDirectory())}/store.db"
        )
        engine = open_store(address)
        stack.callback(engine.dispose)
        if not search.page(engine, "", limit=1).rows:
            fill(engine, count)
        print(
            f"{count:,} detections, {engine.dialect.name}, {retention.size(engine) / count:,.0f} bytes each, load {os.getloadavg()}"
        )
        for name, work in _questions(engine).items():
            print(f"{name:55} {_measured(work)}", flush=True)
        if "--keep" not in sys.argv:
            for name, work in _clearings(engine, count).items():
                print(f"{name:55} {_measured(work, rounds=1)}, {retention.size(engine):,} bytes", flush=True)


def _questions(engine: Engine) -> dict[str, Callable[[], object]]:
    found: dict[str, Callable[[], object]] = {}
    for query in QUERIES:
        found[f"page of sightings {query!r}"] = partial(search.page, engine, query)
        found[f"page of detections {query!r}"] = partial(groups.groups, engine, query)
        found[f"facets {query!r}"] = partial(facets.spread, engine, query)
    found["figures of 7 days"] = partial(figures.headline, engine, END - 7 * DAY)
    found["trend of 30 days"] = partial(figures.trend, engine, END - 30 * DAY, DAY, 30)
    return found


def _clearings(engine: Engine, count: int) -> dict[str, Callable[[], object]]:
    """Return what clears a store out, by what it does."""
    old = time.time() - (END - 25 * DAY)
    return {
        "prune what is older than 25 days, but for high": partial(retention.prune, engine, retention.Kept(old, "high")),
        f"prune to {count // 2:,} sightings": partial(retention.prune, engine, retention.Kept(rows=count // 2)),
        "vacuum": partial(retention.vacuum, engine),
    }


def _measured(work: Callable[[], object], rounds: int = ROUNDS) -> str:
    clock, processor = [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        work()
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - used) * 1000)
    return f"{statistics.median(clock):10,.1f} ms, {statistics.median(processor):10,.1f} ms CPU"


if __name__ == "__main__":
    main()
