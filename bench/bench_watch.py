"""What does ``flycatcher watch`` cost, and does it lose anything? Run as root on a quiet machine.

    python -m bench.bench_watch all            everything but the soak, in about six minutes
    python -m bench.bench_watch storm          a storm in rounds, without and with each tool; medians of the rounds' ratios
    python -m bench.bench_watch interpreters   10,000 x perl -e 1: cost, and what was recorded against what was started
    python -m bench.bench_watch latency        from exec to record written: p50, p99, max; idle and in a storm
    python -m bench.bench_watch cost           the same as a price per execution, which a busy machine does not distort
    python -m bench.bench_watch whole          a 128 KiB argument and a 2 MiB argv, compared by SHA-256
    python -m bench.bench_watch flood          what an attacker's flood of long command lines does to it
    python -m bench.bench_watch files          what looking at a new file costs
    python -m bench.bench_watch soak           20 minutes: memory and loss

The storm's starter is compiled C (vfork, execve), so that starting costs as little as it can and a sensor's share is largest.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.other_tools import auditd, bpftrace, strace
from flycatcher.sources.sensors.ebpf.sensor import Sensor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STARTER = r"""
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
int main(int argc, char **argv)
{
    for (long left = atol(argv[1]); left; left--) {
        int status;
        pid_t child = vfork();
        if (!child) { execv(argv[2], argv + 2); _exit(127); }
        if (child < 0 || waitpid(child, &status, 0) < 0 || status) return 1;
    }
    return argc < 3;
}
"""
TRUE, PERL = "/bin/true", "/usr/bin/perl"
TICK = os.sysconf("SC_CLK_TCK")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/", "LANG": "C.UTF-8"}


def starter(directory: Path) -> str:
    """Compile the starter with the same clang that compiles the BPF program."""
    source, target = directory / "starter.c", directory / "starter"
    source.write_text(STARTER)
    command = [sys.executable, "-m", "ziglang", "cc", "-O2", "-o", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return str(target)


def storm(program: str | list[str], count: int, *argv: str, parallel: int = 1) -> float:
    """Start ``count`` programs, ``parallel`` at a time, with a command in front if it is one; return the seconds it took."""
    command = [program] if isinstance(program, str) else program
    begin = time.perf_counter()
    running = [
        subprocess.Popen([*command, str(count // parallel), *argv], env=ENVIRONMENT, stdin=subprocess.DEVNULL)
        for _ in range(parallel)
    ]
    if sum(process.wait() for process in running):
        raise SystemExit("the storm failed")
    return time.perf_counter() - begin


def cpu_seconds(pid: int) -> float:
    """Return the user and system time that a process and its children have used."""
    used = 0
    for one in [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]:
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / TICK


def memory_mib(pid: int) -> dict[str, float]:
    """Return the memory of the sensor and of the helper that it analyses with, in MiB.

    ``shared`` counts what several processes or mappings share by its part (PSS): the ring is mapped twice. ``resident`` counts it
    whole each time (RSS); ``highest`` is the sensor's own highest RSS.
    """
    both = [pid, *(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    tables = [_fields(Path(f"/proc/{one}/smaps_rollup")) for one in both]
    found = {name: sum(table[field] for table in tables) for name, field in (("shared", "Pss"), ("resident", "Rss"))}
    found["highest"] = _fields(Path(f"/proc/{pid}/status"))["VmHWM"]
    return {name: kib / 1024 for name, kib in found.items()}


def _fields(path: Path) -> dict[str, int]:
    """Return the lines ``Name: NUMBER kB`` of a file in /proc."""
    lines = (line.split() for line in path.read_text().splitlines())
    return {words[0].removesuffix(":"): int(words[1]) for words in lines if words[-1] == "kB"}


@contextmanager
def watching(directory: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run the sensor, reporting only what descends from this process; wait until it is ready, and warm its verdicts."""
    report = directory / f"watch-{time.monotonic_ns()}.jsonl"
    command = [sys.executable, "-m", "flycatcher", "watch", "--tree", str(os.getpid()), "--report", str(report), "-q"]
    with subprocess.Popen([*command, *options], stderr=subprocess.PIPE) as process:
        while not report.exists() or b'"started"' not in report.read_bytes():
            if process.poll() is not None:
                raise SystemExit(process.stderr.read().decode() if process.stderr else "the sensor failed")
            time.sleep(0.05)
        for number in range(1, 4):
            subprocess.run([TRUE], env=ENVIRONMENT, check=True)
            subprocess.run([PERL, "-e", "1 # warm"], env=ENVIRONMENT, check=True)
            while report.read_bytes().count(b'"1 # warm"]') < number and process.poll() is None:
                time.sleep(0.05)
        try:
            yield process, report
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=120)


def records(report: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]:
    """Return a report's detections, the losses it speaks of, and its summary."""
    lines = [json.loads(line) for line in report.read_bytes().splitlines()]
    found = [line for line in lines if line.get("code_on_the_fly")]
    return found, [line for line in lines if line.get("kind") == "loss"], lines[-1].get("summary", {})


@contextmanager
def flycatcher(directory: Path, program: str) -> Iterator[list[str]]:
    """Run the sensor as a service would."""
    with watching(directory):
        yield [program]


@contextmanager
def nothing(directory: Path, program: str) -> Iterator[list[str]]:
    """Run no sensor: what noise alone makes of the ratio."""
    del directory
    yield [program]


TOOLS: dict[str, Callable[[Path, str], Any]] = {
    "nothing": nothing,
    "flycatcher": flycatcher,
    "bpftrace": bpftrace,
    "auditd": auditd,
    "strace": strace,
}


OURS = ("nothing", "flycatcher")


def run_storm(program: str, directory: Path, chosen: argparse.Namespace) -> None:
    """Print, for each tool, the median of its ratios to the storms without any, before and after it, in each round."""
    count = chosen.count // chosen.rounds
    for parallel in (1, 2):
        print(f"{chosen.rounds} rounds of {count} x {TRUE}, {parallel} at a time", flush=True)
        storm(program, count // 5, TRUE, parallel=parallel)
        plain = [storm(program, count, TRUE, parallel=parallel)]
        under: dict[str, list[float]] = {name: [] for name in chosen.tools}
        for number in range(chosen.rounds):
            for name in [*chosen.tools[number % len(chosen.tools) :], *chosen.tools[: number % len(chosen.tools)]]:
                # the others only for comparison: in every second round
                skipped = number % 2 and name not in OURS
                under[name].append(0.0 if skipped else _under(TOOLS[name], directory, program, count, parallel))
            plain.append(storm(program, count, TRUE, parallel=parallel))
        beside = [(before + after) / 2 for before, after in pairwise(plain)]
        print(f"  without      {statistics.median(plain) / count * 1e6 * parallel:.0f} us each", flush=True)
        for name, taken in under.items():
            ratios = [seconds / without for seconds, without in zip(taken, beside, strict=True) if seconds]
            if ratios:
                spread = f"{min(ratios):.3f} to {max(ratios):.3f}"
                print(f"  {name:12} {statistics.median(ratios):.3f}x  ({spread}, {len(ratios)} rounds)", flush=True)


def _under(tool: Callable[[Path, str], Any], directory: Path, program: str, count: int, parallel: int) -> float:
    """Run the storm under a tool; 0 where that does not work, and say why."""
    try:
        with tool(directory, program) as command:
            return storm(command, count, TRUE, parallel=parallel)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"  {tool.__name__:12} does not work here: {error}", flush=True)
        return 0.0


def run_interpreters(program: str, directory: Path, chosen: argparse.Namespace) -> None:
    """Print the cost of a storm of interpreters, and compare what was recorded with what was started."""
    ratios, costs = [], []
    for _ in range(chosen.pairs):
        plain = storm(program, chosen.count, PERL, "-e", "1")
        with watching(directory) as (process, report):
            before = cpu_seconds(process.pid)
            ratios.append(storm(program, chosen.count, PERL, "-e", "1") / plain)
            _until_written(report, b'"-e","1"]', chosen.count, seconds=60)
            costs.append((cpu_seconds(process.pid) - before) / chosen.count * 10_000)
            memory = memory_mib(process.pid)
        found, losses, _ = records(report)
        count = sum(record["execution"]["argv"] == [PERL, "-e", "1"] for record in found)
        lost = sum(loss["count"] for loss in losses)
        print(
            f"  started {chosen.count}, recorded {count}, loss records {lost}, "
            f"{memory['shared']:.1f} MiB with its helper (RSS {memory['resident']:.1f}, the sensor's highest {memory['highest']:.1f})",
            flush=True,
        )
        report.unlink()
    print(
        f"{statistics.median(ratios):.3f}x ({min(ratios):.3f} to {max(ratios):.3f}), "
        f"sensor CPU {statistics.median(costs):.2f} s per 10,000"
    )


def run_latency(program: str, directory: Path, chosen: argparse.Namespace) -> None:
    """Print how long after its exec a record is in the file, seen by a reader that waits for it."""
    for name in ("idle", "storm"):
        with ExitStack() as stack:
            _, report = stack.enter_context(watching(directory))
            stop = threading.Event()
            if name == "storm":
                beside = threading.Thread(target=_until, args=(stop, program), daemon=True)
                beside.start()
                stack.callback(beside.join)
                stack.callback(stop.set)
            times = sorted(_one_latency(report, number) for number in range(chosen.count))
        middle, late = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(f"{name:6} n={len(times)} p50 {middle:.2f} ms  p99 {late:.2f} ms  max {times[-1]:.2f} ms", flush=True)


def _until(stop: threading.Event, program: str) -> None:
    while not stop.is_set():
        storm(program, 200, TRUE)


def _one_latency(report: Path, number: int) -> float:
    """Start one interpreter; return the milliseconds from its exec, by the kernel's clock, until its line can be read."""
    mark = f"1 # latency {number:06d}"
    with report.open("rb") as file:
        file.seek(0, os.SEEK_END)
        with subprocess.Popen([PERL, "-e", mark], env=ENVIRONMENT, stdin=subprocess.DEVNULL):
            data = b""
            while not (mark.encode() in data and data.endswith(b"\n")):
                data += file.read()
                time.sleep(0.0001)
    now = time.time()
    line = next(json.loads(line) for line in data.splitlines() if mark.encode() in line)
    return (now - dt.datetime.fromisoformat(line["execution"]["fidelity"]["time"]).timestamp()) * 1000


def run_cost(program: str, directory: Path, chosen: argparse.Namespace) -> None:
    """Print what one execution costs in the kernel's side, by the kernel's own clock; other programs' load does not count."""
    del directory
    switch = Path("/proc/sys/kernel/bpf_stats_enabled")
    before = switch.read_text()
    cases = {"dropped": [TRUE], "reported": [PERL, "-e", "1"]}
    with Sensor() as sensor:
        for argv in cases.values():
            storm(program, 5, *argv)
            list(sensor.poll(0.3))
        try:
            switch.write_text("1")
            for name, argv in cases.items():
                start, used = sensor.runs(), 0.0
                for _ in range(chosen.count // 100):
                    storm(program, 100, *argv)
                    begin = time.process_time()
                    list(sensor.poll(0))
                    used += time.process_time() - begin
                end = sensor.runs()
                number = end.number - start.number
                each = (end.nanoseconds - start.nanoseconds) / number / 1000
                reader = used / chosen.count * 1e6
                print(f"{name:8} n={number} kernel {each:.2f} us each, reader {reader:.1f} us each", flush=True)
        finally:
            switch.write_text(before)


def run_whole(program: str, directory: Path, chosen: argparse.Namespace) -> None:
    """Compare a longest argument and a 2 MiB argv with what was recorded, by SHA-256."""
    del program, chosen
    argument = "exit;#" + "".join(f"{n:07d} " for n in range(16400))
    many = [f"{n:03d}".ljust(65_000, "y") for n in range(32)]
    cases = {"128 KiB argument": ["-e", argument[:131071]], "2 MiB argv": ["-e", "exit # many", *many]}
    with watching(directory, "--no-redact") as (_, report):
        for words in cases.values():
            subprocess.run([PERL, *words], env=ENVIRONMENT, check=True)
        time.sleep(1)
    found, _, _ = records(report)
    for name, words in cases.items():
        wanted = hashlib.sha256("\0".join(words).encode()).hexdigest()
        seen = [hashlib.sha256("\0".join(record["execution"]["argv"][1:]).encode()).hexdigest() for record in found]
        print(
            f"{name}: {'whole' if wanted in seen else 'NOT WHOLE'} ({sum(map(len, words))} bytes, SHA-256 {wanted[:16]})"
        )


def run_flood(program: str, directory: Path, chosen: argparse.Namespace) -> None:
    """Start programs with 1.8 MiB of argv that look like secrets, as fast as one process can; print what became of them."""
    del program
    words = [f"token={number} " * 14_000 for number in range(16)]
    with watching(directory) as (process, report):
        for number in range(chosen.count):
            subprocess.run([PERL, "-e", f"exit # flood {number}", *words], env=ENVIRONMENT, check=True)
        _until_written(report, b"flood", chosen.count, seconds=15)
        highest = memory_mib(process.pid)["highest"]
    found, losses, summary = records(report)
    flood = [record for record in found if "flood" in record["execution"]["argv"][2]]
    whole = sum(not record["execution"]["fidelity"].get("truncated") for record in flood)
    print(f"started {chosen.count}, recorded {len(flood)}, {whole} of them whole; highest {highest:.1f} MiB")
    print(f"lost on the whole host {summary.get('lost')}: {sorted({loss['place'] for loss in losses})}")


def run_files(program: str, directory: Path, chosen: argparse.Namespace) -> None:
    """Start as many different programs, each once; print what looking at one costs."""
    folder = directory / "files"
    folder.mkdir()
    for number in range(chosen.count):
        shutil.copyfile(program, folder / f"{number}")
        (folder / f"{number}").chmod(0o755)
    time.sleep(0.2)
    with watching(directory) as (process, report):
        before = cpu_seconds(process.pid)
        for number in range(chosen.count):
            storm(str(folder / f"{number}"), 0, TRUE)
        subprocess.run([PERL, "-e", "1 # behind them"], env=ENVIRONMENT, check=True)
        _until_written(report, b"behind them", 1, seconds=60)
        used, memory = cpu_seconds(process.pid) - before, memory_mib(process.pid)
    _, _, summary = records(report)
    print(f"{used / chosen.count * 1e6:.0f} us each, lost {summary.get('lost')}, {memory['shared']:.1f} MiB")


def _until_written(report: Path, text: bytes, count: int, *, seconds: float) -> None:
    """Wait until a report holds a text so often, and no longer than that."""
    end = time.monotonic() + seconds
    while report.read_bytes().count(text) < count and time.monotonic() < end:
        time.sleep(0.2)


def run_soak(program: str, directory: Path, chosen: argparse.Namespace) -> None:
    """Let programs and interpreters start for a long time; print memory by the minute, and what was lost."""
    started = 0
    with watching(directory) as (process, report):
        end = time.monotonic() + chosen.minutes * 60
        while time.monotonic() < end:
            minute = time.monotonic() + 60
            while time.monotonic() < min(minute, end):
                storm(program, 500, TRUE)
                storm(program, 100, PERL, "-e", "1")
                started += 100
                time.sleep(0.2)
            memory = memory_mib(process.pid)
            print(f"  {started:8} interpreters, {memory['shared']:.1f} MiB, RSS {memory['resident']:.1f}", flush=True)
    found, losses, summary = records(report)
    count = sum(record["execution"]["argv"] == [PERL, "-e", "1"] for record in found)
    print(f"started {started}, recorded {count}, lost on the whole host {summary.get('lost')}")
    for loss in losses:
        print(f"  {loss['time']} {loss['text']}")


def run_all(program: str, directory: Path, chosen: argparse.Namespace) -> None:
    """Run everything but the soak, each with its own count."""
    print(
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, {os.uname().release}, {os.cpu_count()} CPUs, load {os.getloadavg()}"
    )
    for name, (run, count) in MODES.items():
        if name not in {"all", "flood", "files", "soak"}:
            begin = time.monotonic()
            print(f"\n{name}", flush=True)
            run(program, directory, argparse.Namespace(**{**vars(chosen), "count": chosen.count or count}))
            print(f"({time.monotonic() - begin:.0f} s)", flush=True)


MODES: dict[str, tuple[Callable[[str, Path, argparse.Namespace], None], int]] = {
    "storm": (run_storm, 50_000),
    "interpreters": (run_interpreters, 10_000),
    "latency": (run_latency, 500),
    "cost": (run_cost, 5_000),
    "whole": (run_whole, 0),
    "flood": (run_flood, 40),
    "files": (run_files, 4_000),
    "soak": (run_soak, 0),
    "all": (run_all, 0),
}


def main() -> None:
    """Read what is to be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--count", type=int, help="of programs started; each mode has its own")
    parser.add_argument("--rounds", type=int, default=10, help="into which the storm is cut")
    parser.add_argument("--pairs", type=int, default=3, help="of storms of interpreters")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=[name for name in TOOLS if _there(name)])
    chosen = parser.parse_args()
    run, count = MODES[chosen.mode]
    chosen.count = chosen.count or count
    with tempfile.TemporaryDirectory(prefix="bench-watch-") as scratch:
        run(starter(Path(scratch)), Path(scratch), chosen)


def _there(name: str) -> bool:
    return name in OURS or shutil.which(name) is not None


if __name__ == "__main__":
    main()
