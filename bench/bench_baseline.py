"""Baselines of real builds, from the reports of two runs of each in two folders: what is known, what is new, and what comparing costs.

    python -m bench.bench_baseline FOLDER FOLDER     (caches in which python -m bench.builds --modes bare,run has run)

For each build: what the first run has learnt is held against the second run; both are merged in either order and learnt again. Then
each attack that ``--planted`` has planted is held against the merged baseline of all builds. Texts are read anew, by the code at
hand. Cost: processor time of reading the baseline, comparing every record and closing, of the bare build's; the best of five.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.baselines import Asked, BaselineRun, read
from flycatcher.core.baseline.document import rendered
from flycatcher.core.baseline.entry import Baseline, merged
from flycatcher.core.detection import Detection, detect
from flycatcher.saved import records

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTS = 7


class Build:
    """One build's run, as its report has it."""

    def __init__(self, cache: Path, report: Path) -> None:
        """Read the report, and each of its executions anew."""
        self.name = report.name.removesuffix(".run.jsonl")
        folders = [path for path in cache.glob(f"{self.name}-*") if path.is_dir() and path.suffix == ""]
        self.folder = folders[0] if folders else cache
        self.detections = list(_anew(report))

    def learnt(self, file: Path) -> Baseline:
        """Learn the run into a file, beside what it holds."""
        run = self._asked(Asked(learn=str(file)))
        for detection in self.detections:
            run.judged(detection)
        run.close(whole=True)
        return read(file)

    def compared(self, file: Path) -> BaselineRun:
        """Hold the run against a file."""
        run = self._asked(Asked(compare=str(file)))
        for detection in self.detections:
            run.judged(detection)
        run.close()
        return run

    def _asked(self, asked: Asked) -> BaselineRun:
        with chdir(self.folder):
            found = BaselineRun.of(asked, {})
        if found is None:
            raise RuntimeError(asked)
        return found


def _anew(report: Path) -> Iterator[Detection]:
    for record in records(report):
        if "snippets" in record:
            saved = msgspec.convert(record, Detection, strict=False)
            found = detect(saved.execution, live=True)
            if found is not None:
                yield found


def main() -> None:
    """Print the table, and what became of the attacks."""
    first, second = map(Path, sys.argv[1:3])
    print(
        "| build | detections | known | new | merged: entries, same bytes | bare build | cost of comparing |\n"
        + "|---" * 7
        + "|"
    )
    whole: list[Baseline] = []
    shares = []
    with tempfile.TemporaryDirectory() as folder:
        for report in sorted(second.glob("*.run.jsonl")):
            before = first / report.name
            if report.name.startswith("planted-") or not before.exists():
                continue
            baseline, share = _one(Build(first, before), Build(second, report), second, Path(folder))
            whole.append(baseline)
            shares.append(share)
        print(
            f"\ncost of comparing: median {statistics.median(shares):.3f} %, most {max(shares):.3f} % of a build's processor time"
        )
        _planted(second, whole, Path(folder))
    _start()


def _one(one: Build, two: Build, cache: Path, folder: Path) -> tuple[Baseline, float]:
    """Print a build's row; return its baseline and what comparing takes, in per cent of the build."""
    files = [folder / f"{one.name}.{number}.toml" for number in range(3)]
    first, second = one.learnt(files[0]), two.learnt(files[1])
    both = rendered(merged([first, second]))
    files[2].write_text(both)
    run = two.compared(files[0])
    same = both == rendered(merged([second, first])) == rendered(merged([read(files[2]), first, second]))
    if not run.new:  # else what only one run has seen is seen by a second one now
        same = same and both == rendered(two.learnt(files[2])) == rendered(one.learnt(files[2]))
    spent = min(_spent(two, files[2]) for _ in range(5))
    bare = json.loads((cache / f"{two.name}.bare.json").read_text())["cpu"]
    count = len(read(files[2]).entries)
    print(
        f"| {two.name} | {len(two.detections)} | {run.known} | {run.new} | {count}, {'yes' if same else 'NO'} | {bare:.1f} s | "
        f"{spent * 1000:.1f} ms, {100 * spent / bare:.3f} % |",
        flush=True,
    )
    return read(files[2]), 100 * spent / bare


def _spent(build: Build, file: Path) -> float:
    began = time.process_time()
    build.compared(file)
    return time.process_time() - began


def _planted(cache: Path, baselines: list[Baseline], folder: Path) -> None:
    """Hold every planted attack against all baselines at once."""
    file = folder / "all.toml"
    file.write_text(rendered(merged(baselines)))
    attacks = [Build(cache, report) for report in sorted(cache.glob("planted-*.run.jsonl"))]
    runs = {attack.name: attack.compared(file) for attack in attacks}
    missed = [name for name, run in runs.items() if not run.new]
    count = len(read(file).entries)
    print(
        f"{len(attacks)} planted attacks against {count} entries: {len(attacks) - len(missed)} have something new"
        + "".join(f"\n  missed: {each}" for each in missed)
    )


def _start() -> None:
    """Print what --baseline adds to a run of nothing."""
    figures: dict[str, list[float]] = {"": [], "--baseline": []}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "flycatcher.baseline.toml").write_text(rendered(Baseline()))
        for _ in range(STARTS):
            for option, times in figures.items():
                words = [sys.executable, "-m", "flycatcher", "run", "-q", *([option] if option else []), "--", "true"]
                before = _children()
                subprocess.run(
                    words,
                    cwd=folder,
                    check=True,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                )
                times.append(_children() - before)
    plain, compared = (statistics.median(times) for times in figures.values())
    print(f"run -- true: {plain * 1000:.0f} ms of processor time, with --baseline {compared * 1000:.0f} ms")


def _children() -> float:
    used: Any = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(used.ru_utime + used.ru_stime)


if __name__ == "__main__":
    main()
