"""What Flycatcher says of real builds, and what it costs them.

    python -m bench.builds [--only NAME,...] [--modes bare,run,ebpf,watch] [--pairs 1] [--cache FOLDER] [--list] [--details FILE [--least low]]

Each build runs bare, under ``flycatcher run`` and under ``flycatcher watch`` (root); ``ebpf``: run --sensor ebpf. The table says per build: exit code and files the
same, executions, losses, detections by level, processor and wall time as ratios of the bare run, bytes per record, and how many ids
were the same in two runs (``--pairs 2``). The bare build runs twice: files that are the same in both have to have that content under
Flycatcher, too, and the names of all others have to be there. Without ``bare`` among the modes, the last bare run is compared with.
``--details`` writes each distinct detection as JSON Lines, to be read and labelled in ``labels.jsonl``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.builds.attacks import LEAST, ask
from bench.builds.catalogue import BUILDS, Build
from bench.builds.compare import Bare, different, unseen
from bench.builds.labels import distinct, labelled
from bench.builds.planted import ATTACKS
from bench.builds.table import HEAD, row
from bench.builds.workshop import Workshop

if TYPE_CHECKING:
    from typing import Any


def main() -> None:
    """Measure, and print the table."""
    options = _options()
    if options.planted:
        sys.exit(_planted(options))
    builds = [build for build in BUILDS if not options.only or build.name in options.only.split(",")]
    if options.list:
        print("\n".join(f"{build.name:<22} {build.kind}" for build in builds))
        return
    install(builds)
    workshop = Workshop(Path(options.cache))
    print(HEAD, flush=True)
    failed: list[str] = []
    details: list[dict[str, Any]] = []
    for build in builds:
        try:
            found, problems = _measure(workshop, build, options)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            found, problems = [], [f"{build.name}: not run: {error}"]
        details += found
        failed += problems
    if options.details:
        Path(options.details).write_text("".join(json.dumps(each, sort_keys=True) + "\n" for each in details))
    print(labelled(details))
    print("".join(f"\n{problem}" for problem in failed))
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
    parser.add_argument("--least", default="medium", metavar="LEVEL", help="the lowest level in --details")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--planted", action="store_true", help="plant attacks in the builds; --only: names of attacks")
    return parser.parse_args()


def _planted(options: argparse.Namespace) -> int:
    """Plant attacks, print what each command says of them, and return 1 where one is below what it has to be at."""
    attacks = [attack for attack in ATTACKS if not options.only or attack.name in options.only.split(",")]
    install([build for build in BUILDS if build.name in {attack.build for attack in attacks}])
    workshop = Workshop(Path(options.cache))
    modes = [mode for mode in options.modes.split(",") if mode != "bare"]
    print(f"| attack | like | in | {' | '.join(modes)} | scan |\n|---|---|---|{'---|' * len(modes)}---|", flush=True)
    missed = []
    for attack in attacks:
        answer = ask(workshop, attack, modes)
        said = " | ".join(answer.levels.get(command, "") for command in (*modes, "scan"))
        print(f"| {attack.name} | {attack.like} | {attack.build or 'a folder of its own'} | {said} |", flush=True)
        missed += [f"{attack.name}: {command}" for command in answer.missed]
    print(f"\n{len(attacks)} attacks, {len(missed)} answers below {LEAST}" + "".join(f"\n{each}" for each in missed))
    return int(bool(missed))


def install(builds: list[Build]) -> None:
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


def _measure(workshop: Workshop, build: Build, options: argparse.Namespace) -> tuple[list[dict[str, Any]], list[str]]:
    """Run a build in every mode and print its rows; return its detections, and what went wrong."""
    modes = options.modes.split(",")
    store = workshop.cache / f"{build.name}.bare.json"
    if "bare" in modes or not store.exists():
        Bare.of([workshop.run(build, "bare") for _ in range(max(2, options.pairs))]).save(store)
    bare = Bare.load(store)
    details: list[dict[str, Any]] = []
    problems = [f"{build.name}: the bare build ended with {bare.code}"] * bool(bare.code)
    problems += [f"{build.name}: the bare build made no {glob}" for glob in bare.missing]
    for mode in (mode for mode in modes if mode != "bare"):
        runs = [workshop.run(build, mode) for _ in range(options.pairs)]
        print(row(build, mode, bare, runs), flush=True)
        for run in runs:
            problems += [f"{build.name}, {mode}: {problem}" for problem in (*different(bare, run), *unseen(run))]
        details += distinct(build.name, mode, runs[0], options.least)
    return details, problems


if __name__ == "__main__":
    if shutil.which("apt-get") is None:
        sys.exit("the builds come from Debian's packages, PyPI and npm: this needs apt-get, pip and npm")
    main()
