"""What .gitignore leaves out: the same for the first path and for the thousandth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.scan.ignore import OFTEN, Ignore

if TYPE_CHECKING:
    from pathlib import Path

PATTERNS = "*.o\n!keep.o\n/build/\na/**/b\ndoc/*.txt\n# a comment\n\\#odd\n"
EXPECTED = {
    "x.o": True, "sub/x.o": True, "keep.o": False, "build/": True, "build/x": True, "sub/build/": None, "a/b": True, "a/c/d/b": True,
    "doc/a.txt": True, "doc/a/b.txt": None, "#odd": True, "x.c": None,
}  # fmt: skip


def test_paths_are_judged_alike_before_and_after_the_patterns_are_joined(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text(PATTERNS)
    ignore = Ignore(str(tmp_path / ".gitignore"))
    first = {path: ignore.verdict(path) for path in EXPECTED}
    for _ in range(OFTEN):
        ignore.verdict("x.c")
    assert first == {path: ignore.verdict(path) for path in EXPECTED} == EXPECTED


def test_a_file_without_patterns_leaves_nothing_out(tmp_path: Path) -> None:
    ignore = Ignore(str(tmp_path / "none"))
    assert [ignore.verdict("x") for _ in range(OFTEN + 2)] == [None] * (OFTEN + 2)
