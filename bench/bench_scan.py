"""`scan` beside ripgrep and Semgrep on one tree.

``python -m bench.bench_scan [FILES]`` plants a tree from a fixed seed and runs each program on it in turn, with all cores; Flycatcher
also with a cache that the first turn has filled. Python keeps its bytecode, as it does for an installed program. ripgrep looks for the
names of the five interpreters; Semgrep, where it can be installed, for one rule in bash files. Prints a Markdown table.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.tree import plant

RUNS = 5
RULE = """
rules:
  - id: inline-code
    languages: [bash]
    severity: WARNING
    message: inline code
    pattern-either:
      - pattern: python3 -c "..."
      - pattern: python3 -c '...'
      - pattern: perl -e '...'
      - pattern: perl -ne '...'
      - pattern: ruby -e '...'
      - pattern: php -r '...'
      - pattern: node -p ...
"""


def main() -> None:
    """Plant, measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory(prefix="bench-scan-") as folder:
        tree = Path(folder, "tree")
        size = plant(tree, count)
        scan = [sys.executable, "-m", "flycatcher", "scan", "--format", "jsonl", "-o", os.devnull, "-q"]
        commands = {
            "flycatcher": [*scan, "."],
            "flycatcher, a further run with --cache": [*scan, "--cache", str(Path(folder, "kept")), "."],
        }
        if rg := shutil.which("rg"):
            commands["ripgrep"] = [rg, "--hidden", "--count", "perl|ruby|node|python|php", "."]
        if semgrep := _semgrep(Path(folder)):
            rule = Path(folder, "rule.yml")
            rule.write_text(RULE)
            commands["semgrep"] = [
                semgrep, "scan", "--metrics=off", "--disable-version-check", "--quiet", "--json", "--no-git-ignore", "-j", str(os.cpu_count()),
                "--config", str(rule), ".",
            ]  # fmt: skip
        figures = measured(commands, tree)
    print(f"{count} files, {size / 1e6:.0f} MB, {os.cpu_count()} cores; medians of {RUNS} runs in turn\n")
    print(
        "| what | seconds | times ripgrep | processor seconds | times ripgrep | files a second | peak memory of a process, MB |"
    )
    print("|---|---|---|---|---|---|---|")
    base = figures.get("ripgrep")
    for name, (seconds, used, memory) in figures.items():
        ratio, share = (f"{seconds / base[0]:.1f}", f"{used / base[1]:.1f}") if base else ("-", "-")
        print(f"| {name} | {seconds:.2f} | {ratio} | {used:.2f} | {share} | {count / seconds:.0f} | {memory:.0f} |")


def measured(commands: dict[str, list[str]], tree: Path) -> dict[str, tuple[float, float, float]]:
    """Run all commands in turn; return the medians of the seconds and the processor seconds, and the peak memory in MB, of each."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    memory = dict.fromkeys(commands, 0.0)
    for turn in range(RUNS + 1):
        for name, command in commands.items():
            if name == "semgrep" and turn > 1:
                continue
            seconds, used, peak = once(command, tree)
            memory[name] = max(memory[name], peak)
            if turn:  # the first turn warms the cache
                times[name].append((seconds, used))
    return {
        name: (statistics.median(s for s, _ in each), statistics.median(u for _, u in each), memory[name])
        for name, each in times.items()
    }


def once(command: list[str], tree: Path) -> tuple[float, float, float]:
    """Run a command once; return its seconds, the processor's seconds, and the largest resident size among all its processes in MB."""
    start = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, cwd=tree, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _semgrep(folder: Path) -> str | None:
    """Return Semgrep: the one on the machine, or one in an environment of its own; None where it cannot be installed."""
    if found := shutil.which("semgrep"):
        return found
    if "--no-semgrep" in sys.argv:
        return None
    venv = folder / "semgrep"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(
            [str(venv / "bin/pip"), "install", "-q", "semgrep"],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return str(venv / "bin/semgrep")


if __name__ == "__main__":
    main()
