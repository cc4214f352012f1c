"""Which tests enter which lines, and what each test costs: a run under coverage.py, kept for each file of tests.

Programs that a test starts count for that test: coverage's patches carry on in them, and the test's name goes along in the
environment (coverage.py's documentation, "Measuring subprocesses" and "Measurement contexts").
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/flycatcher"
KEPT = ROOT / ".mutants"
"""Not in the repository."""
NAME = "FLYCATCHER_TEST"
COSTS = "FLYCATCHER_TEST_COSTS"
"""The file that the plugin writes: a test's name, a space, its seconds of processor time; one a line."""
CONFIGURATION = f"""
[run]
source = {PACKAGE}
data_file = {KEPT}/run/coverage
context = ${{{NAME}-}}
parallel = true
patch = subprocess, _exit
"""
PLUGIN = "tests.mutants.plugin"


class Entered(NamedTuple):
    """What is known of a file of the package."""

    by_line: dict[int, list[str]]
    """The tests that enter a line."""
    loading: set[int]
    """The lines that run while modules are imported and tests collected: before any test."""

    @property
    def tests(self) -> list[str]:
        """Every test that enters the file."""
        return sorted({test for tests in self.by_line.values() for test in tests})


class Known(NamedTuple):
    """What the runs under coverage have shown."""

    files: dict[str, Entered]
    """By path below the package."""
    costs: dict[str, float]
    """Seconds of processor time for each test."""


def measured(tests: list[str], workers: int = 1) -> Known:
    """Return what is known of the tests in these files and folders; runs those whose files, or what they enter, have changed."""
    wanted = list(_files(tests))
    stale = [path for path in wanted if not _is_fresh(path)]
    if stale:
        _measure(stale, workers)
    return _joined(_record(path) for path in wanted)


def _files(tests: list[str]) -> Iterator[str]:
    for test in tests:
        path = ROOT / test
        for found in sorted(path.rglob("test_*.py")) if path.is_dir() else [path]:
            yield str(found.relative_to(ROOT))


def _kept(path: str) -> Path:
    return KEPT / (path.replace("/", "+") + ".json")


def _record(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_kept(path).read_text())
    return found


def _is_fresh(path: str) -> bool:
    """Whether a file of tests has been run as it is, over the package as it is."""
    return _kept(path).exists() and all(
        (ROOT / name).exists() and _digest(ROOT / name) == digest for name, digest in _record(path)["digests"].items()
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _measure(stale: list[str], workers: int) -> None:
    shutil.rmtree(KEPT / "run", ignore_errors=True)
    (KEPT / "run").mkdir(parents=True)
    configuration = KEPT / "run/coveragerc"
    configuration.write_text(CONFIGURATION)
    base = [sys.executable, "-m", "coverage"]
    parallel = ["-n", str(workers), "--dist", "loadgroup"] if workers > 1 else ["-n", "0"]
    command = [*base, "run", f"--rcfile={configuration}", "-m", "pytest", "-q", "-p", PLUGIN, *parallel, *stale]
    environment = os.environ | {NAME: "", COSTS: str(KEPT / "run/costs")}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode not in {0, 1}:  # 1: some tests fail under the tracer, and say nothing of their lines
        sys.exit(f"the tests could not be run under coverage (exit {done.returncode})")
    subprocess.run([*base, "combine", "-q", f"--rcfile={configuration}"], cwd=ROOT, check=True)
    _keep(stale)


def _keep(stale: list[str]) -> None:
    """Write what a run has shown, one file for each file of tests."""
    from coverage import CoverageData  # noqa: PLC0415 - only where it is installed

    data = CoverageData(str(KEPT / "run/coverage"))
    data.read()
    tests: dict[str, dict[str, dict[int, list[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    loading: dict[str, list[int]] = {}
    for path in sorted(data.measured_files()):
        name = str(Path(path).relative_to(PACKAGE))
        lines = data.contexts_by_lineno(path)
        loading[name] = sorted(line for line, contexts in lines.items() if any("::" not in one for one in contexts))
        for line, contexts in lines.items():
            for test in {context for context in contexts if "::" in context}:
                tests[test.split("::")[0]][name][line].append(test)
    costs = dict(line.rsplit(" ", 1) for line in (KEPT / "run/costs").read_text().splitlines())
    for path in stale:
        entered = tests[path]
        names = [path, *(str((PACKAGE / name).relative_to(ROOT)) for name in entered)]
        record = {
            "digests": {name: _digest(ROOT / name) for name in names},
            "tests": entered,
            "loading": loading,
            "costs": {test: float(cost) for test, cost in costs.items() if test.split("::")[0] == path},
        }
        _kept(path).write_text(json.dumps(record))


def _joined(records: Iterable[dict[str, Any]]) -> Known:
    known = Known({}, {})
    for record in records:
        known.costs.update(record["costs"])
        for name, lines in record["tests"].items():
            entered = known.files.setdefault(name, Entered({}, set()))
            entered.loading.update(record["loading"].get(name, ()))
            for line, tests in lines.items():
                entered.by_line.setdefault(int(line), []).extend(tests)
    return known


if __name__ == "__main__":  # python -m tests.mutants.mapping FOLDER ...: only measures
    measured(sys.argv[1:])
