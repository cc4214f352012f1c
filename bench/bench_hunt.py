"""`hunt` beside grep, aureport, ausearch and Zircolite on one log of the audit daemon; and on LAUREL's and ECS's JSON.

``python -m bench.bench_hunt [STARTS]`` writes the logs from a fixed seed (bench/audit_log.py) and runs each program on them in turn; those that
are not installed are left out. grep looks for five names and so is the floor: it reads nothing. Prints a Markdown table.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from bench import audit_log

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5
STARTS = 30_000
NAMES = "perl|ruby|node|python|php"


def main() -> None:
    """Write, measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else STARTS
    with tempfile.TemporaryDirectory(prefix="bench-hunt-") as folder:
        logs = {
            "auditd": _log(Path(folder, "audit.log"), audit_log.auditd, count),
            "LAUREL": _log(Path(folder, "laurel.jsonl"), audit_log.laurel, count),
            "ECS": _log(Path(folder, "ecs.jsonl"), audit_log.ecs, count),
        }
        print(f"{count} starts, {os.cpu_count()} cores; minima of {RUNS} runs in turn\n")
        print("| log | MB | what | seconds | processor seconds | times grep (processor) | MB/s | peak MB |")
        print("|---|---|---|---|---|---|---|---|")
        for name, path in logs.items():
            _table(name, path, _commands(name, path))


def _log(path: Path, write: Callable[..., object], count: int) -> Path:
    """Write a log."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        write(file, count)
    return path


def _commands(name: str, path: Path) -> dict[str, list[str]]:
    """Return what is run on a log."""
    own = [sys.executable, "-m", "flycatcher", "hunt", "-q"]
    commands = {
        "grep -aE": ["grep", "-aE", NAMES, str(path)],
        "flycatcher hunt": [*own, str(path)],
        "flycatcher hunt, jsonl": [*own, "--format", "jsonl", str(path)],
        "flycatcher hunt --jobs 0": [*own, "--jobs", "0", str(path)],
    }
    if name == "auditd":
        for program, options in (("aureport", ["-x"]), ("ausearch", ["-i", "-m", "EXECVE"])):
            if found := shutil.which(program):
                commands[f"{program} {' '.join(options)}"] = [found, *options, "-if", str(path)]
        if found := shutil.which("zircolite"):
            commands["zircolite"] = [found, "--events", str(path), "--auditd"]
    return commands


def _table(name: str, path: Path, commands: dict[str, list[str]]) -> None:
    """Run the commands in turn, and print their minima: what else the machine does only adds."""
    figures: dict[str, list[tuple[float, float, int]]] = {}
    for _ in range(RUNS):
        for what, command in commands.items():
            figures.setdefault(what, []).append(_run(command))
    size, floor = path.stat().st_size / 1e6, min(run[1] for run in figures["grep -aE"])
    for what, runs in figures.items():
        wall, cpu, peak = (min(run[at] for run in runs) for at in range(3))
        print(
            f"| {name} | {size:.0f} | {what} | {wall:.3f} | {cpu:.3f} | {cpu / floor:.1f} | {size / wall:.0f} | {peak / 1024:.0f} |"
        )


def _run(command: list[str]) -> tuple[float, float, int]:
    """Return seconds, processor seconds and peak kilobytes of one run."""
    # a file and not /dev/null: grep ends at the first match where nobody looks at its output
    with tempfile.TemporaryFile() as out:
        return _measured(command, out)


def _environment() -> dict[str, str]:
    """Return the environment without what keeps Python from saving compiled modules: an installed program has them."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _measured(command: list[str], out: IO[bytes]) -> tuple[float, float, int]:
    """Run a command with its output in a file."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env=_environment()) as process:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


if __name__ == "__main__":
    main()
