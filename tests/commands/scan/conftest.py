from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[3] / "src"


class Tree:
    """A folder of files, with a command line and a git of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def scan(self, *words: str, stdin: str = "", folder: str = ".") -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE), "HOME": str(self.root)}
        return subprocess.run(
            [sys.executable, "-m", "flycatcher", "scan", *words], cwd=self.root / folder, env=environment, input=stdin, capture_output=True,
            text=True, timeout=900, check=False,
        )  # fmt: skip

    def git(self, *words: str, author: str = "ann", committer: str = "", date: str = "2020-01-01T00:00:00Z") -> str:
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.root), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": f"{author}@example.org", "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": committer or author, "GIT_COMMITTER_EMAIL": f"{committer or author}@example.org",
            "GIT_COMMITTER_DATE": date,
        }  # fmt: skip
        done = subprocess.run(
            ["git", *words], cwd=self.root, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def commit(self, message: str, **who: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-qm", message, **who)
        return self.git("rev-parse", "HEAD").strip()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / ".git").mkdir()  # the search for a configuration ends here
    return Tree(tmp_path)


@pytest.fixture
def repository(tree: Tree) -> Tree:
    tree.git("init", "-q", "-b", "main")
    return tree
