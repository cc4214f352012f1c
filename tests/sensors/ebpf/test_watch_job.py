"""The action that watches a whole job: its two programs, run as the runner does, with a job between them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
ACTION = yaml.safe_load((ROOT / "watch/action.yml").read_text())
LOUD = "import base64; exec(base64.b64decode('cHJpbnQoMSk='))"


class Job:
    """A runner's variables and folders, around the two programs."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.folder = folder
        names = {name: what.get("default", "") for name, what in ACTION["inputs"].items()}
        given = {**names, "version": "", "options": f"--tree={os.getpid()}", **inputs}
        self.variables = {
            "PATH": f"{self._program()}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(folder / "temp"),
            "GITHUB_STATE": str(folder / "state"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            **{f"INPUT_{name.upper()}": value for name, value in given.items()},
        }

    def _program(self) -> Path:
        """Make a folder with this tree's program, and a sudo for where root has none."""
        programs = self.folder / "bin"
        programs.mkdir()
        flycatcher = programs / "flycatcher"
        flycatcher.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m flycatcher "$@"\n')
        flycatcher.chmod(0o755)
        sudo = programs / "sudo"
        sudo.write_text('#!/bin/sh\nshift\n[ "$1" != -b ] || { shift; "$@" & exit; }\nexec "$@"\n')
        sudo.chmod(0o755)
        return programs

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run ``main`` or ``post``; what the first one saves, the second one has."""
        state = self.folder / "state"
        saved = dict(line.split("=", 1) for line in state.read_text().splitlines()) if state.exists() else {}
        return subprocess.run(
            ["node", ROOT / "watch" / ACTION["runs"][name]],
            cwd=self.folder,
            env={**self.variables, **{f"STATE_{key}": value for key, value in saved.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(autouse=True)
def _node() -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")


def test_what_a_job_runs_between_its_first_and_last_step_is_recorded(tmp_path: Path) -> None:
    job = Job(tmp_path)
    begun = job.run("main")
    assert begun.returncode == 0, begun.stdout
    assert "started: watching with ebpf" in begun.stdout
    subprocess.run([sys.executable, "-c", LOUD], check=True, capture_output=True)
    ended = job.run("post")
    assert ended.returncode == 0, ended.stdout
    assert "cHJpbnQoMSk=" in (tmp_path / "flycatcher-watch.jsonl").read_text()
    assert "1 detection" in (tmp_path / "summary.md").read_text()


def test_the_job_fails_where_the_risk_is_reached(tmp_path: Path) -> None:
    job = Job(tmp_path, **{"fail-on": "low"})
    assert job.run("main").returncode == 0
    subprocess.run([sys.executable, "-c", LOUD], check=True, capture_output=True)
    ended = job.run("post")
    assert (ended.returncode, "::error title=Flycatcher::code on the fly at or above" in ended.stdout) == (1, True)


def test_a_watch_that_was_ended_by_the_job_fails_it(tmp_path: Path) -> None:
    job = Job(tmp_path)
    assert job.run("main").returncode == 0
    place = tmp_path / "temp/flycatcher-watch"
    os.kill(int((place / "pid").read_text()), 15)
    while not (place / "code").exists():
        pass
    ended = job.run("post")
    assert (
        ended.returncode,
        "::error title=Flycatcher::flycatcher watch ended before the job did" in ended.stdout,
    ) == (1, True)


def test_a_watch_that_cannot_start_says_why(tmp_path: Path) -> None:
    job = Job(tmp_path, options="--no-such-option")
    begun = job.run("main")
    assert begun.returncode == 1
    assert "flycatcher watch did not start:%0A" in begun.stdout
    assert "No such option" in begun.stdout
    assert job.run("post").returncode == 0, "there is nothing to stop"
