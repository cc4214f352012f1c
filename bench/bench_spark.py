"""`hunt --engine spark` beside the local engine on the same logs: bytes a second of one executor's core.

``python -m bench.bench_spark [LOGS [STARTS]]`` writes as many audit logs with as many starts each from a fixed seed (bench/audit_log.py), has the local
engine read them in one process, then Spark with one and with two cores, and compares what both found. Spark's figures are those of a session that is up
and has read once: its start is stated apart. Processor seconds are those of this process, Java and the Python workers together. Prints a Markdown table.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench import audit_log
from flycatcher.hunt.engine import Found, Hunt, Options, Tally
from flycatcher.hunt.inputs import series
from flycatcher.hunt.spark.job import Job
from flycatcher.hunt.spark.listing import listed
from flycatcher.hunt.spark.session import session
from flycatcher.hunt.spark.task import Setup

if TYPE_CHECKING:
    from collections.abc import Callable

LOGS, STARTS = 4, 10_000
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Write, measure, print."""
    logs, starts = (int(word) for word in (*sys.argv[1:], *map(str, (LOGS, STARTS)[len(sys.argv) - 1 :])))
    with tempfile.TemporaryDirectory(prefix="bench-spark-") as folder:
        for number in range(logs):
            with Path(folder, f"host{number}.log").open("w", encoding="utf-8", newline="\n") as file:
                audit_log.auditd(file, starts, seed=number)
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
        print(f"{logs} logs of {starts} starts, {size:.0f} MB, {os.cpu_count()} cores\n")
        print("| engine | start, s | seconds | processor seconds | MB a processor second | detections |")
        print("|---|---|---|---|---|---|")
        _row("local, one process", size, 0.0, _measured(lambda: _local(folder)))
        for cores in (1, 2):
            began = time.perf_counter()
            with session(f"local[{cores}]") as spark:
                up = time.perf_counter() - began
                _on(spark, folder)
                _row(f"Spark, local[{cores}]", size, up, _measured(lambda: _on(spark, folder)))


def _row(what: str, size: float, up: float, measured: tuple[float, float, int]) -> None:
    """Print a row of the table."""
    seconds, processor, found = measured
    print(f"| {what} | {up:.1f} | {seconds:.1f} | {processor:.1f} | {size / processor:.1f} | {found} |", flush=True)


def _local(folder: str) -> int:
    """Return how many detections the local engine finds."""
    return sum(isinstance(each, Found) for each in Hunt(Options()).hunt(series([folder])))


def _on(spark: object, folder: str) -> int:
    """Return how many detections Spark finds."""
    files = listed(spark, [folder])
    job = Job(spark, files, Setup(options=Options(), files={file.uri: (file.name, file.log) for file in files}))
    with job.run():
        return sum(isinstance(each, Found) for each in job.found(Tally()))


def _measured(work: Callable[[], int]) -> tuple[float, float, int]:
    """Return seconds and processor seconds of some work, and what it returns."""
    began, used = time.perf_counter(), _used()
    result = work()
    return time.perf_counter() - began, _used() - used, result


def _used() -> float:
    """Return the processor seconds of this process and all below it, as far as they have run."""
    stats: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            stats[int(entry.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    own = {os.getpid()}
    while more := {pid for pid, (parent, _) in stats.items() if parent in own} - own:
        own |= more
    return sum(stats[pid][1] for pid in own) / _TICKS


if __name__ == "__main__":
    main()
