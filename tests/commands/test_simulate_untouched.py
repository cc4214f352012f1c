"""A simulation changes nothing outside its temporary folder: files, accounts, schedules, units, network, processes before and after."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HELPER = Path(__file__).parent / "simulate_surroundings.py"
DOTS = (
    ".bashrc",
    ".profile",
    ".bash_profile",
    ".zshrc",
    ".npmrc",
    ".gemrc",
    ".Rprofile",
    ".config/pip/pip.conf",
    ".ssh/config",
)
NAMESPACE = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
TAKES_LIBERTIES = """[[technique]]
id = "takes-liberties"
title = "Writes a start-up file and stays"
interpreter = "perl"
vector = "argument"
needs = ["perl", "setsid"]
command = '''echo '# later' >> HOME/.profile
touch HOME/.new
setsid perl -e 'use Socket; socket(S, PF_INET, SOCK_STREAM, 0); bind(S, sockaddr_in(4711, INADDR_LOOPBACK)); listen(S, 1); sleep 600' >/dev/null 2>&1 &
until grep -q ':1267 .* 0A ' /proc/self/net/tcp; do :; done
perl -e 'print "@MARKER@"' '''
"""


def simulated(tmp_path: Path, *words: str, patience: int) -> dict[str, Any]:
    """Return what the helper says; skips where there is no network namespace to be had."""
    if (
        shutil.which("unshare") is None
        or subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs a network namespace of its own")
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    for name in DOTS:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("# as it was\n")
    temporary.mkdir(parents=True)
    done = subprocess.run(
        [*NAMESPACE, sys.executable, str(HELPER), str(home), str(temporary), str(patience), *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def changed(answer: dict[str, Any]) -> dict[str, set[str]]:
    """Return what is not as before, by kind: files by their path."""
    before, after = answer["before"], answer["after"]
    files = before["files"].keys() | after["files"].keys()
    found = {"files": {path for path in files if before["files"].get(path) != after["files"].get(path)}}
    found |= {
        kind: {str(before[kind]), str(after[kind])} for kind in ("accounts", "groups") if before[kind] != after[kind]
    }
    tables = before["network"]
    found |= {
        name: set(rows) ^ set(after["network"][name]) for name, rows in tables.items() if rows != after["network"][name]
    }
    return {kind: what for kind, what in found.items() if what}


def test_the_whole_catalogue_leaves_everything_as_it_was(tmp_path: Path) -> None:
    answer = simulated(tmp_path / "once", "--all", "--format", "json", patience=20)
    if changed(answer):  # somebody else on this machine, unless it comes again
        answer = simulated(tmp_path / "again", "--all", "--format", "json", patience=20)
    home = next(path for path in answer["before"]["files"] if path.endswith("home/.profile"))
    ran = json.loads(answer["output"])["scores"]["run"]["ran"]
    assert ran > 10
    assert home.startswith(str(tmp_path))
    assert {"/etc/passwd", "/etc/group"} <= answer["before"]["files"].keys()
    assert changed(answer) == {}
    assert answer["left"] == []
    assert answer["temporary"] == []


def test_a_technique_that_writes_a_start_up_file_listens_and_stays_would_be_noticed(tmp_path: Path) -> None:
    (catalogue := tmp_path / "catalogue").mkdir()
    (catalogue / "mine.toml").write_text(TAKES_LIBERTIES.replace("HOME", str(tmp_path / "home")))
    answer = simulated(tmp_path, "--catalogue", str(catalogue), "--only", "takes-liberties", patience=1)
    if "not installed" in answer["output"]:
        pytest.skip("needs perl and setsid")
    home = tmp_path / "home"
    assert changed(answer)["files"] == {str(home), str(home / ".profile"), str(home / ".new")}
    assert changed(answer)["tcp"] == {"0100007F:1267"}
    assert [line for line in answer["left"] if line.startswith("perl -e use Socket")]
