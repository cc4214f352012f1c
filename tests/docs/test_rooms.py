"""The map in docs/explanation.md names each folder of the package, two levels deep, and nothing else."""

from __future__ import annotations

import re
import runpy
from typing import TYPE_CHECKING

import pytest

from tests.docs.console import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TOOL = str(ROOT / "tools/rooms.py")


def test_the_map_is_what_the_docstrings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["rooms.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(TOOL, run_name="__main__")
    assert not ended.value.code


def test_the_map_names_each_folder_two_levels_deep_and_nothing_else() -> None:
    text = (ROOT / "docs/explanation.md").read_text(encoding="utf-8")
    shown, outer = set(), ""
    for indent, name in re.findall(r"^( {2,4})([a-z_]+)/ ", text, re.MULTILINE):
        outer = name if len(indent) == 2 else outer
        shown.add(name if len(indent) == 2 else f"{outer}/{name}")
    package = ROOT / "src/flycatcher"
    folders = {
        str(init.parent.relative_to(package)) for depth in ("*", "*/*") for init in package.glob(f"{depth}/__init__.py")
    }
    assert shown == folders
    assert "core/interpreters" in shown


def test_each_room_says_what_it_is_for() -> None:
    rooms = list(runpy.run_path(TOOL)["rooms"]())
    assert [name for _, name, text in rooms if len(text.split()) < 3] == []


@pytest.mark.parametrize(
    ("docstring", "line"),
    [
        ('"""How a record is written: one file per format."""', "How a record is written: one file per format"),
        ('"""The core: from an execution\nto a detection.\n\nPure."""', "The core: from an execution to a detection"),
        ('"""Files: ``.a/b.toml``. See :mod:`.record`."""', "Files: .a/b.toml"),
    ],
)
def test_a_room_is_described_by_its_first_sentence(tmp_path: Path, docstring: str, line: str) -> None:
    (tmp_path / "__init__.py").write_text(docstring)
    assert runpy.run_path(TOOL)["purpose"](tmp_path) == line
