"""What the two sensors of ``flycatcher run`` cost: processor time of the whole tree, by wait4(2).

    python -m bench.bench_sensors [--pairs 3] [--storm 10000]     (root, for the BPF sensor)

A storm of /bin/true, which no sensor has anything to say of, and one of sh -c and perl -e, of which each tells its words. Each round
runs bare, with seccomp and with ebpf in turning order. Real builds: python -m bench.builds --modes bare,run,ebpf --only NAME.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.bench_run import storm

WAYS = ("bare", "seccomp", "ebpf")
SHELLS = "i=0; while [ $i -lt {} ]; do sh -c :; perl -e 1; i=$((i+1)); done"


def main() -> None:
    """Measure both storms."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--storm", type=int, default=10_000)
    given = parser.parse_args()
    print(
        "| workload | sensor | processor time (user and system) | ratio to bare | wall | executions | lost |\n"
        + "|---" * 7
        + "|"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = given.storm // 20
        for title, command in (
            (f"{given.storm} x /bin/true", storm(folder, given.storm)),
            (f"{small} x sh -c and perl -e", ["sh", "-c", SHELLS.format(small)]),
        ):
            _measure(title, command, given.pairs, folder / "r.jsonl")


def _measure(title: str, command: list[str], pairs: int, report: Path) -> None:
    """Run all ways in turn and print the rows."""
    times: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    figures: dict[str, dict[str, int]] = {way: {} for way in WAYS}
    for number in range(pairs):
        for way in WAYS[number % 3 :] + WAYS[: number % 3]:
            times[way].append(_run(way, command, report))
            if way != "bare":
                figures[way] = json.loads(report.read_text().splitlines()[-1])["summary"]
    bare = statistics.median(cpu for cpu, _ in times["bare"])
    for way in WAYS:
        cpu, wall = (statistics.median(each) for each in zip(*times[way], strict=True))
        seen, lost = figures[way].get("executions_seen", ""), figures[way].get("lost", "")
        print(f"| {title} | {way} | {cpu:.2f} s | {cpu / bare:.3f} | {wall:.2f} s | {seen} | {lost} |", flush=True)


def _run(way: str, command: list[str], report: Path) -> tuple[float, float]:
    """Run the command; return the seconds of processor and wall time."""
    report.unlink(missing_ok=True)
    ours = [sys.executable, "-m", "flycatcher", "run", "-q", "--sensor", way, "--report", str(report), "--"]
    words = command if way == "bare" else [*ours, *command]
    began = time.perf_counter()
    started = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        sys.exit(f"{way}: {' '.join(command)[:80]}: exit code {started.returncode}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - began


if __name__ == "__main__":
    main()
