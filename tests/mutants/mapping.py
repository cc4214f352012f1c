"""Which tests enter which lines: one run of the whole suite under coverage.py, kept until the sources change.

Programs that a test starts count for that test: coverage's patches carry on in them, and the test's name goes along in the
environment (coverage.py's documentation, "Measuring subprocesses" and "Measurement contexts").
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/flycatcher"
KEPT = ROOT / ".mutants"
"""Not in the repository."""
NAME = "FLYCATCHER_TEST"
CONFIGURATION = f"""
[run]
source = {PACKAGE}
data_file = {KEPT}/coverage
context = ${{{NAME}-}}
parallel = true
patch = subprocess, _exit
"""
PLUGIN = "tests.mutants.plugin"


def tests_by_line(options: list[str]) -> dict[str, dict[int, list[str]]]:
    """Return, by path below the package and line, the tests that enter it; runs the suite where that is not known yet."""
    kept = KEPT / f"{_made_of(options)}.json"
    if not kept.exists():
        KEPT.mkdir(exist_ok=True)
        for old in KEPT.iterdir():
            old.unlink()
        _measure(options)
        kept.write_text(json.dumps(_read()))
    found = json.loads(kept.read_text())
    return {path: {int(line): tests for line, tests in lines.items()} for path, lines in found.items()}


def _measure(options: list[str]) -> None:
    configuration = KEPT / "coveragerc"
    configuration.write_text(CONFIGURATION)
    command = [
        sys.executable,
        "-m",
        "coverage",
        "run",
        f"--rcfile={configuration}",
        "-m",
        "pytest",
        "-q",
        "-p",
        PLUGIN,
        *options,
    ]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {NAME: ""}, check=False)
    if done.returncode not in {0, 1}:  # 1: some tests fail under the tracer, and say nothing of their lines
        sys.exit(f"the tests could not be run under coverage (exit {done.returncode})")
    subprocess.run(
        [sys.executable, "-m", "coverage", "combine", "-q", f"--rcfile={configuration}"], cwd=ROOT, check=True
    )


def _read() -> dict[str, dict[int, list[str]]]:
    from coverage import CoverageData  # noqa: PLC0415 - only where it is installed

    data = CoverageData(str(KEPT / "coverage"))
    data.read()
    found: dict[str, dict[int, list[str]]] = {}
    for path in sorted(data.measured_files()):
        lines = found.setdefault(str(Path(path).relative_to(PACKAGE)), {})
        for line, contexts in data.contexts_by_lineno(path).items():
            lines[line] = sorted({name for context in contexts for name in context.split("|") if "::" in name})
    return found


def _made_of(options: list[str]) -> str:
    whole = hashlib.sha256(repr(options).encode())
    for folder in (PACKAGE, ROOT / "tests"):
        for path in sorted(folder.rglob("*.py")):
            whole.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return whole.hexdigest()[:16]
