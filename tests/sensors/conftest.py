"""Runs ``flycatcher run`` on the real kernel and reads what it reported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.kernel import without
from tests.reports import rows

SOURCE = Path(__file__).parents[2] / "src"
PYTHON = os.path.realpath(sys.executable)


class Result(NamedTuple):
    code: int
    records: list[dict]
    summary: dict
    stdout: str
    stderr: str

    @property
    def texts(self) -> list:
        return [snippet.get("text") for record in self.records for snippet in record["snippets"]]

    @property
    def argvs(self) -> list:
        return [record["execution"]["argv"] for record in self.records]


def flycatcher(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flycatcher", *arguments]


def environment(**more: str) -> dict[str, str]:
    dropped = ("GITHUB_", "SUDO_", "FLYCATCHER_", "CI")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {"PYTHONPATH": str(SOURCE)} | more


def read_report(path: Path) -> tuple[list[dict], dict]:
    """Return the records and the summary. The tests' own ``sh -c`` may be one, by this Python's place: left out."""
    written = rows(path)
    summaries = [row["summary"] for row in written if "summary" in row]
    records = [row for row in written if row.get("interpreter_class", "shell") != "shell"]
    return records, summaries[0] if summaries else {}


@pytest.fixture(scope="session", autouse=True)
def kernel_can():
    tried = subprocess.run(
        flycatcher("run", "--", "true"), capture_output=True, text=True, env=environment(), timeout=900, check=False
    )
    if "inside another seccomp supervisor" in tried.stderr or "refused the seccomp filter" in tried.stderr:
        without("seccomp", tried.stderr.strip())


@pytest.fixture
def observe(tmp_path):
    def run(*command: str, options=(), env=None, stdin=subprocess.DEVNULL, timeout=900, **more) -> Result:
        report = tmp_path / "report.jsonl"
        done = subprocess.run(
            flycatcher("run", "--report", str(report), *options, "--", *command),
            capture_output=True,
            text=True,
            errors="surrogateescape",
            env=environment(**(env or {})),
            stdin=stdin,
            timeout=timeout,
            check=False,
            cwd=tmp_path,
            **more,
        )
        records, summary = read_report(report) if report.exists() else ([], {})
        return Result(done.returncode, records, summary, done.stdout, done.stderr)

    return run
