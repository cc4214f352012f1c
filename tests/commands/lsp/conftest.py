from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.commands.lsp.editor import Editor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    (root / ".git").mkdir(parents=True)
    return root


@pytest.fixture
def start(workspace: Path) -> Iterator[Callable[..., Editor]]:
    begun: list[Editor] = []

    def editor(*words: str, **more) -> Editor:
        begun.append(Editor(workspace, *words, **more))
        return begun[-1]

    yield editor
    for each in begun:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()
        each.process.stdin.close()
        each.process.stdout.close()
