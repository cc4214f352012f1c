"""The oracle's random command lines write below their own folder only."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.oracle.cage import confine

WRITE = "import os, sys; [open(p, 'a').close() for p in sys.argv[1:]]"


def test_a_confined_thread_starts_programs_that_write_below_the_folder_only(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.write_text("kept")

    def attempt(*paths: object) -> int:
        return subprocess.run(
            [sys.executable, "-c", WRITE, *map(str, paths)], stderr=subprocess.DEVNULL, check=False
        ).returncode

    with ThreadPoolExecutor(1, initializer=confine, initargs=(inside,)) as pool:
        assert pool.submit(attempt, inside / "new", "/dev/null").result() == 0
        assert pool.submit(attempt, outside).result() == 1
        assert pool.submit(attempt, tmp_path / "new").result() == 1
    assert (inside / "new").exists()
    assert not (tmp_path / "new").exists()
    assert attempt(tmp_path / "new") == 0, "other threads are left alone"
