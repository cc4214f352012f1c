"""What ``flycatcher run`` costs a build, beside strace; and whether it loses executions.

    python -m bench.bench_run [--pairs 5] [--storm 20000] [--files 300] [--jobs 2]     (some five minutes on a quiet machine)

Two workloads, each made here: a C project of some hundred files that make builds with gcc, and a storm of /bin/true started
by a C program that counts what it starts. Each pair runs bare, watched and (the storm, in its first three pairs) under
strace one after the other, in turning order, after one round that is not counted; the figures are medians of the pairs' ratios. Needs gcc and make; strace where it is there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

STORM = r"""
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int wanted = atoi(argv[1]), good = 0;
    for (int i = 0; i < wanted; i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0) { execl("/bin/true", "true", (char *)0); _exit(1); }
        waitpid(pid, &status, 0);
        good += status == 0;
    }
    printf("%d\n", good);
    return 0;
}
"""
HEAD = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
#include <time.h>
"""
FUNCTION = """
static int compare_@(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int work_@(int size) {
    int *values = malloc(size * sizeof *values), sum = 0;
    for (int i = 0; i < size; i++) values[i] = (i * 7919) % 1000;
    qsort(values, size, sizeof *values, compare_@);
    for (int i = 0; i < size; i++) sum += values[i] * (int)sqrt((double)i);
    free(values);
    return sum;
}
"""
FUNCTIONS = 12
"""Functions of one file: some 170 lines, as the files of real projects have."""
SOURCE = str(Path(__file__).resolve().parents[1] / "src")


def storm(folder: Path, count: int) -> list[str]:
    """Build the storm; return its command."""
    (folder / "storm.c").write_text(STORM)
    subprocess.run(["gcc", "-O2", "-o", folder / "storm", folder / "storm.c"], check=True)
    return [str(folder / "storm"), str(count)]


def project(folder: Path, files: int, jobs: int) -> list[str]:
    """Write the project, FUNCTIONS functions a file; return the command that builds it from scratch."""
    for number in range(files):
        body = "".join(FUNCTION.replace("@", f"{number}_{part}") for part in range(FUNCTIONS))
        (folder / f"unit{number}.c").write_text(HEAD + body)
    calls = " ".join(f"sum += work_{number}_0(100);" for number in range(files))
    heads = "\n".join(f"int work_{number}_0(int);" for number in range(files))
    (folder / "main.c").write_text(f"{heads}\nint main(void) {{ int sum = 0; {calls} return sum == 1; }}\n")
    objects = " ".join(f"unit{number}.o" for number in range(files))
    rules = (
        f"program: main.o {objects}\n\tgcc -o $@ $^ -lm\n"
        "%.o: %.c\n\t@set -e; gcc -O2 -c -o $@ $<\nclean:\n\t@rm -f *.o program\n"
    )
    (folder / "Makefile").write_text(rules)
    return ["sh", "-c", f"make -s -C {folder} clean && make -s -j{jobs} -C {folder}"]


class Own(threading.Thread):
    """Watches our own two processes, the front and the supervisor: resident memory in kB, processor time in seconds."""

    def __init__(self, front: int) -> None:
        """Start watching."""
        super().__init__(daemon=True)
        self.front = front
        self.peak = 0
        self.processor = 0.0
        self.start()

    def run(self) -> None:
        """Look until the front is gone."""
        while (own := _memory(self.front)) > 0:
            children = _read(f"/proc/{self.front}/task/{self.front}/children").split()
            supervisor = int(children[0]) if children else 0
            self.peak = max(self.peak, own + _memory(supervisor))
            self.processor = max(self.processor, _processor(self.front) + _processor(supervisor))
            time.sleep(0.2)


def _read(path: str) -> str:
    """Read a /proc file; empty where its process is gone."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _memory(pid: int) -> int:
    """Return resident memory in kB, pages that several processes share by their part (Pss)."""
    lines = _read(f"/proc/{pid}/smaps_rollup").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _processor(pid: int) -> float:
    """Return user and system time in seconds."""
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


class Way:
    """One way to run the command."""

    def __init__(self, name: str, prefix: list[str]) -> None:
        """Keep what stands before the command."""
        self.name = name
        self.prefix = prefix
        self.times: list[float] = []
        self.peak = 0
        self.processor: list[float] = []

    def run(self, command: list[str]) -> str:
        """Run and time it; return its stdout."""
        begun = time.perf_counter()
        with subprocess.Popen(
            [*self.prefix, *command], stdout=subprocess.PIPE, text=True, env=_environment()
        ) as started:
            own = Own(started.pid) if self.name == "flycatcher run" else None
            out = started.stdout.read() if started.stdout else ""
        self.times.append(time.perf_counter() - begun)
        if started.returncode:
            sys.exit(f"{self.name}: {' '.join(command)[:100]}: exit code {started.returncode}")
        if own is not None:
            own.join()
            self.peak = max(self.peak, own.peak)
            self.processor.append(own.processor)
        return out


def _environment() -> dict[str, str]:
    """Return the environment: not CI, and with byte code cached, as it is where a package was installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "PYTHONDONTWRITE"))}
    return kept | {"PYTHONPATH": SOURCE, "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "flycatcher-bench")}


STRACE_PAIRS = 3
"""Rounds in which strace takes part: it doubles the time of a storm."""


def measure(name: str, command: list[str], pairs: int, report: Path, *, strace: bool) -> None:
    """Run all ways in turn and print the table's rows."""
    bare = Way("bare", [])
    ours = Way("flycatcher run", [sys.executable, "-m", "flycatcher", "run", "-q", "--report", str(report), "--"])
    theirs = Way("strace -f --seccomp-bpf", ["strace", "-f", "--seccomp-bpf", "-e", "trace=execve", "-o", os.devnull])
    bare.run(command)  # caches
    bare.times.clear()
    counted = ""
    for number in range(pairs):
        ways = [bare, ours] if number % 2 == 0 else [ours, bare]
        if strace and number < STRACE_PAIRS and shutil.which("strace"):
            ways.append(theirs)
        for way in ways:
            out = way.run(command)
            if way is ours:
                counted = _check(report, out)
    for way in (bare, ours, theirs):
        if way.times:
            _row(name, way, bare, counted if way is ours else "")


def _row(name: str, way: Way, bare: Way, counted: str) -> None:
    """Print one way's row; strace took part in the first pairs only."""
    ratios = sorted(mine / theirs for mine, theirs in zip(way.times, bare.times, strict=False))
    memory = f"{way.peak / 1024:.0f} MB, {statistics.median(way.processor):.2f} s" if way.processor else ""
    spread = f"{statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})"
    print(
        f"| {name} | {way.name} | {statistics.median(way.times):.2f} s | {spread} | {memory} | {counted} |", flush=True
    )


def _check(report: Path, out: str) -> str:
    """Compare what was seen with what the storm says it started (it and each /bin/true); return the cell."""
    summary = json.loads(report.read_text().splitlines()[-1])["summary"]
    seen, lost = summary["executions_seen"], summary["lost"]
    if out.strip().isdigit():
        started = int(out) + 1
        if seen != started or lost:
            sys.exit(f"executions lost: {started} started, {seen} seen, {lost} lost")
        return f"{seen} of {started}"
    return f"{seen} seen, {lost} lost"


def main() -> None:
    """Measure both workloads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--storm", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    print(
        "| workload | way | median | ratio to bare (median of pairs, and their range) | peak memory, processor time of its own | executions |\n"
        "|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.files:
            measure(
                f"make -j{given.jobs}, {given.files} C files",
                project(folder, given.files, given.jobs),
                given.pairs,
                folder / "r.jsonl",
                strace=False,
            )
        if given.storm:
            title = f"{given.storm} x /bin/true"
            measure(title, storm(folder, given.storm), given.pairs, folder / "r.jsonl", strace=True)


if __name__ == "__main__":
    main()
