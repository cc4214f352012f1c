"""Ways to make an interpreter run text that shell text knows, each tried for real: what runs is found by reading.

``ways.txt`` holds one a line for bash, ``ways_SHELL.txt`` for another shell; each leaves the file ``ran`` in its working folder. FLYCATCHER_WAYS=run starts them for real, in
folders and process namespaces of their own without a network, and demands that each of them still runs where its programs are installed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from flycatcher.commands.check.stream import answers
from flycatcher.core.shell.prefilter import may_start

WAYS = (Path(__file__).parent / "ways.txt").read_text().splitlines()
OWN = [
    (shell, way)
    for shell in ("zsh", "ksh", "mksh", "dash", "fish", "csh", "rc", "elvish")
    for way in (Path(__file__).parent / f"ways_{shell}.txt").read_text().splitlines()
]
"""Ways of one shell's own."""
PROGRAMS = {"ksh": "ksh93", "csh": "tcsh"}
ROOM = ("unshare", "-r", "-n", "-p", "-f", "--mount-proc", "--kill-child", "timeout", "-k", "1", "9")


def found(text: str) -> bool:
    return bool(json.loads(next(answers([json.dumps({"shell": text}).encode()])))["code_on_the_fly"])


def test_every_way_is_found_by_reading() -> None:
    assert len(WAYS) > 500
    assert [way for way in WAYS if not found(way)] == []


def test_the_prefilter_lets_every_way_through() -> None:
    assert [way for way in WAYS if not (may_start(way) and may_start(way, strict=False))] == []


def test_every_way_of_another_shell_is_found_by_reading() -> None:
    assert len(OWN) > 240
    rows = [json.dumps({"argv": [shell, "-c", way]}).encode() for shell, way in OWN]
    told = [json.loads(answer)["code_on_the_fly"] for answer in answers(rows)]
    assert [way for way, said in zip(OWN, told, strict=True) if not said] == []


@pytest.mark.skipif(os.environ.get("FLYCATCHER_WAYS") != "run", reason="FLYCATCHER_WAYS=run starts every way for real")
def test_every_way_runs_for_real(tmp_path: Path) -> None:
    silent = []
    for number, (shell, way) in enumerate([*(("bash", way) for way in WAYS), *OWN]):
        folder = tmp_path / str(number)
        folder.mkdir()
        room = ROOM if shutil.which("unshare") else ROOM[-4:]
        done = subprocess.run(
            [*room, PROGRAMS.get(shell, shell), "-c", way], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"},
        )  # fmt: skip
        if (
            not (folder / "ran").exists()
            and shutil.which(PROGRAMS.get(shell, shell))
            and "not found" not in done.stderr
        ):
            silent.append(way)
    assert silent == []
