"""What Flycatcher says of real builds, and what it costs them.

    python -m bench.builds [--only NAME,...] [--modes bare,run,watch] [--pairs 1] [--cache FOLDER] [--list] [--details FILE]

Each build runs bare, under ``flycatcher run`` and under ``flycatcher watch`` (root). The table says per build: exit codes and artefacts
the same, executions, losses, detections by level, wall and processor time as ratios of the bare run. ``--details`` writes every
detection at medium or above as JSON Lines, one for each distinct id, to be read and labelled in ``labels.jsonl``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from bench.builds.catalogue import BUILDS, Build
from bench.builds.workshop import Run, Workshop

LABELS = Path(__file__).with_name("labels.jsonl")
LEVELS = ("critical", "high", "medium", "low", "none")


def main() -> None:
    """Measure, and print the table."""
    options = _options()
    builds = [build for build in BUILDS if not options.only or build.name in options.only.split(",")]
    if options.list:
        print("\n".join(f"{build.name:<22} {build.kind}" for build in builds))
        return
    _install(builds)
    workshop = Workshop(Path(options.cache))
    modes = options.modes.split(",")
    print(
        "| build | kind | bare | "
        + " | ".join(f"{m}: wall, CPU, executions, lost, {'/'.join(LEVELS)}" for m in modes if m != "bare")
        + " |"
    )
    print("|---|---|---|" + "---|" * sum(mode != "bare" for mode in modes), flush=True)
    failed, details = [], []
    for build in builds:
        try:
            row, found, problems = _measure(workshop, build, modes, options.pairs)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            row, found, problems = f"| {build.name} | {build.kind} | not run: {error} |", [], [f"{build.name}: not run"]
        print(row, flush=True)
        details += found
        failed += problems
    if options.details:
        Path(options.details).write_text("".join(json.dumps(row, sort_keys=True) + "\n" for row in details))
    _labelled(details)
    for problem in failed:
        print(f"\n{problem}")
    sys.exit(1 if failed else 0)


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.builds", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--only", default="", metavar="NAME,...")
    parser.add_argument("--modes", default="bare,run,watch" if os.geteuid() == 0 else "bare,run")
    parser.add_argument(
        "--pairs", type=int, default=1, metavar="N", help="runs of each build in each mode; medians are told"
    )
    parser.add_argument("--cache", default=os.path.expanduser("~/.cache/flycatcher-builds"), metavar="FOLDER")
    parser.add_argument("--details", default="", metavar="FILE")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


def _install(builds: list[Build]) -> None:
    """Install the Debian packages that are missing."""
    wanted = {package for build in builds for package in build.packages}
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    present = {line.split()[0] for line in done.stdout.splitlines() if line.endswith(" installed")}
    if missing := sorted(wanted - present):
        sudo = [] if os.geteuid() == 0 else ["sudo"]
        command = [*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        )


def _measure(
    workshop: Workshop, build: Build, modes: list[str], pairs: int
) -> tuple[str, list[dict[str, Any]], list[str]]:
    """Return a build's row, its detections that are worth reading, and what went wrong."""
    runs: dict[str, list[Run]] = {mode: [] for mode in modes}
    for _ in range(pairs):
        for mode in modes:
            runs[mode].append(workshop.run(build, mode))
    bare = runs.get("bare", [])
    cells, details, problems = [], [], []
    base = f"{statistics.median(run.wall for run in bare):.1f} s" if bare else "-"
    for mode in modes:
        if bare:
            problems += _different(build, mode, bare[0], runs[mode])
        if mode != "bare":
            cells.append(_cell(bare, runs[mode]))
            details += _worth_reading(build, mode, runs[mode][0])
    problems += [f"{build.name}: bare run ended with {run.code}" for run in bare if run.code]
    return f"| {build.name} | {build.kind} | {base} | " + " | ".join(cells) + " |", details, problems


def _cell(bare: list[Run], runs: list[Run]) -> str:
    """Return one mode's figures."""
    levels = Counter(record["risk"].get("level", "none") for record in runs[0].records)
    wall = cpu = "-"
    if bare:
        wall = f"{statistics.median(a.wall / b.wall for a, b in zip(runs, bare, strict=True)):.2f}x"
        cpu = f"{statistics.median(a.cpu / max(b.cpu, 0.01) for a, b in zip(runs, bare, strict=True)):.2f}x"
    counted = "/".join(str(levels[level]) for level in LEVELS)
    return f"{wall}, {cpu}, {runs[0].executions}, {sum(run.lost for run in runs)}, {counted}"


def _different(build: Build, mode: str, bare: Run, runs: list[Run]) -> list[str]:
    """Say where a watched build did not do what the bare one did."""
    found = [
        f"{build.name}: {mode} ended with {run.code}, bare with {bare.code}" for run in runs if run.code != bare.code
    ]
    return found + [
        f"{build.name}: {mode} made {run.artefacts}, bare {bare.artefacts}"
        for run in runs
        if run.artefacts != bare.artefacts
    ]


def _worth_reading(build: Build, mode: str, run: Run) -> list[dict[str, Any]]:
    """Return each distinct detection at medium or above."""
    found: dict[str, dict[str, Any]] = {}
    for record in run.records:
        if record["risk"].get("level") not in ("medium", "high", "critical"):
            continue
        snippet = record["snippets"][0]
        row = found.setdefault(record["id"], {
            "build": build.name, "mode": mode, "id": record["id"], "level": record["risk"]["level"], "score": record["risk"]["score"],
            "interpreter": record["interpreter"], "vector": snippet["vector"], "text": (snippet.get("text") or snippet.get("path") or "")[:600],
            "reasons": [f"+{reason['points']} {reason['text']}" for reason in record["risk"].get("reasons", ())], "count": 0,
        })  # fmt: skip
        row["count"] += 1
    return list(found.values())


def _labelled(details: list[dict[str, Any]]) -> None:
    """Print how many of the detections that were read are false."""
    known = (
        {json.loads(line)["id"]: json.loads(line) for line in LABELS.read_text().splitlines()}
        if LABELS.exists()
        else {}
    )
    verdicts = Counter(known.get(row["id"], {}).get("verdict", "not read") for row in details)
    print(f"\ndistinct detections at medium or above: {len(details)}; by label: {dict(verdicts) or 'none'}")


if __name__ == "__main__":
    if shutil.which("apt-get") is None:
        sys.exit("the builds come from Debian's packages, PyPI and npm: this needs apt-get, pip and npm")
    main()
