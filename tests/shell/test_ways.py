"""Ways to make an interpreter run text that shell text knows, each tried for real: what runs is found by reading.

``ways.txt`` holds one a line; each leaves the file ``ran`` in its working folder. FLYCATCHER_WAYS=run starts them for real, in
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
ROOM = ("unshare", "-r", "-n", "-p", "-f", "--mount-proc", "--kill-child", "timeout", "-k", "1", "9")


def found(text: str) -> bool:
    return bool(json.loads(next(answers([json.dumps({"shell": text}).encode()])))["code_on_the_fly"])


def test_every_way_is_found_by_reading() -> None:
    assert len(WAYS) > 500
    assert [way for way in WAYS if not found(way)] == []


def test_the_prefilter_lets_every_way_through() -> None:
    assert [way for way in WAYS if not (may_start(way) and may_start(way, strict=False))] == []


@pytest.mark.skipif(os.environ.get("FLYCATCHER_WAYS") != "run", reason="FLYCATCHER_WAYS=run starts every way for real")
def test_every_way_runs_for_real(tmp_path: Path) -> None:
    silent = []
    for number, way in enumerate(WAYS):
        folder = tmp_path / str(number)
        folder.mkdir()
        room = ROOM if shutil.which("unshare") else ROOM[-4:]
        done = subprocess.run(
            [*room, "bash", "-c", way], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"},
        )  # fmt: skip
        if not (folder / "ran").exists() and "not found" not in done.stderr:
            silent.append(way)
    assert silent == []
