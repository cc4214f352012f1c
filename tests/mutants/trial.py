"""Mutants' trials: a copy of the repository, and one process that has loaded the package and the tests and forks for each mutant.

A mutant inside a function takes the place of that function's code in the fork: nothing is started or collected anew. One that
takes effect while modules load (a table, a default, a decorator) is loaded anew, by pytest in a fork that has loaded nothing.
The changed file lies in the copy in both cases, for the programs that tests start.
"""

from __future__ import annotations

import json
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

EVERY = "*"
"""Stands for every test that the judge has collected."""
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".mutants", "dist", ".pytest_cache", ".hypothesis", ".mypy_cache")


class Copy:
    """A copy of the repository's files, and the judge that runs in it: one mutant at a time."""

    def __init__(self, tests: list[str]) -> None:
        """Make it, and start the judge of these tests (files and folders)."""
        self._folder = Path(tempfile.mkdtemp(prefix="flycatcher-mutant-"))
        root = self._folder / "project"
        shutil.copytree(ROOT, root, ignore=LEFT_OUT, symlinks=True)
        (root / ".venv").symlink_to(ROOT / ".venv")
        self._source = root / "src/flycatcher"
        more = {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "tests.mutants.judge", *tests]
        pipe = subprocess.PIPE
        self._judge = subprocess.Popen(command, cwd=root, env=os.environ | more, stdin=pipe, stdout=pipe, text=True)
        if not self._answer():  # what it loads is the files as they are
            raise RuntimeError(f"no test is in {', '.join(tests)}")

    def noticed_by(self, path: str, mutant: Mutant, tests: list[str], without: list[str], *, loading: bool) -> str:
        """Return the first test that fails with a mutant of a file below the package; ``""`` where none does."""
        file = self._source / path
        source, stat = file.read_text(), file.stat()
        file.write_text(mutated(source, mutant))
        try:
            return self._ask({"path": path, "source": source, "tests": tests, "without": without, "loading": loading})
        finally:
            file.write_text(source)
            os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # so that its compiled form holds again

    def passing(self, tests: list[str]) -> list[str]:
        """Return those of the tests that pass without a change."""
        return [
            test
            for test in tests
            if not self._ask({"path": "", "source": "", "tests": [test], "without": [], "loading": False})
        ]

    def _ask(self, request: dict[str, object]) -> str:
        assert self._judge.stdin is not None
        self._judge.stdin.write(json.dumps(request) + "\n")
        self._judge.stdin.flush()
        return str(self._answer())

    def _answer(self) -> str | int:
        assert self._judge.stdout is not None
        line = self._judge.stdout.readline()
        if not line:
            raise RuntimeError(f"the judge has ended: {self._judge.wait()}")
        answer: str | int = json.loads(line)
        return answer

    def remove(self) -> None:
        """End the judge and remove the copy."""
        self._judge.communicate()
        shutil.rmtree(self._folder, ignore_errors=True)
