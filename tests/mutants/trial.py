"""One mutant's trial: a copy of the repository with one file changed, and the tests that enter the line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutants.mapping import ROOT
from tests.mutants.operators import mutated

if TYPE_CHECKING:
    from tests.mutants.operators import Mutant

MOST = 400
"""Tests that are asked of one mutant: the rest enter the line as those do."""
PATIENCE = 300
"""Seconds after which a mutant counts as noticed: a loop that does not end."""
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".mutants", "__pycache__", "dist", ".pytest_cache", ".hypothesis")


class Copy:
    """A copy of the repository's files, for one mutant at a time."""

    def __init__(self) -> None:
        """Make it."""
        self._folder = Path(tempfile.mkdtemp(prefix="flycatcher-mutant-"))
        self._root = self._folder / "project"
        shutil.copytree(ROOT, self._root, ignore=LEFT_OUT, symlinks=True)
        (self._root / ".venv").symlink_to(ROOT / ".venv")

    def fails(self, path: str, mutant: Mutant, tests: list[str]) -> bool:
        """Whether one of the tests fails with a mutant of a file below the package."""
        file = self._root / "src/flycatcher" / path
        source = file.read_text()
        file.write_text(mutated(source, mutant))
        try:
            return self._run(_spread(tests)) not in {0, 5}  # 5: no test is left to run
        finally:
            file.write_text(source)

    def _run(self, tests: list[str]) -> int:
        environment = os.environ | {"PYTHONPATH": str(self._root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
        with subprocess.Popen(
            command, cwd=self._root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        ) as started:  # fmt: skip
            try:
                return started.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(started.pid, 9)
                return -9

    def remove(self) -> None:
        """Remove it."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _spread(tests: list[str]) -> list[str]:
    """Return MOST tests at most, from all files: a test that notices may be in any of them."""
    step = max(1, -(-len(tests) // MOST))
    return tests[::step]
