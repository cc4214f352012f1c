"""What the tutorial and the how-tos tell a reader to type does what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.console import ROOT, Block, Command, blocks, missing, run

DOCS = ROOT / "docs"
PAGES = sorted(
    [
        ROOT / "README.md",
        DOCS / "tutorial.md",
        DOCS / "which-command.md",
        *(DOCS / "how-to").glob("*.md"),
        *(DOCS / "for").glob("*.md"),
    ]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_consoles_of_a_page_do_what_it_says(page: Path, tmp_path: Path) -> None:
    assert not (wrong := run(page, tmp_path)), "\n\n".join(wrong)


def test_most_consoles_run_here_and_the_rest_say_why_not() -> None:
    found = [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"))]
    assert sum(len(block.commands) for block in found if "skip" not in block.clauses) > 50
    assert all(len(missing(block)) > 10 for block in found if "skip" in block.clauses)


PAGE = """
<!-- console: setup
echo hidden > seen
-->
```console
cat seen
false   # exit code 1
```
<!-- console: file note.txt -->
```toml
a = "$HOME"
```
<!-- console: skip it would never end -->
```console
sleep infinity
```
```console
$ cat <<END
> one
> END
one
$ seq 1 9
1
...
9
```
<!-- console: needs no-such-program -->
```console
no-such-program
```
<!-- console: add watch --for 1 -->
```console
$ echo flycatcher watch -q
flycatcher watch --for 1 -q
```
"""


def test_blocks_are_read_with_their_directions() -> None:
    found = blocks(PAGE)
    assert [block.commands for block in found] == [
        [Command("echo hidden > seen")],
        [Command("cat seen"), Command("false   # exit code 1", None, 1)],
        [Command('cat > note.txt <<END_OF_FILE\na = "$HOME"\nEND_OF_FILE')],
        [Command("sleep infinity")],
        [Command("cat <<END\none\nEND", "one\n"), Command("seq 1 9", "1\n...\n9\n")],
        [Command("no-such-program")],
        [Command("echo flycatcher watch -q", "flycatcher watch --for 1 -q\n")],
    ]
    assert [missing(block) for block in found] == ["", "", "", "it would never end", "", "no-such-program", ""]
    assert found[0] == Block(2, {"setup": ""}, [Command("echo hidden > seen")])


def test_a_page_that_is_right_passes(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    assert run(tmp_path / "page.md", tmp_path) == []
    assert (tmp_path / "home" / "note.txt").read_text() == f'a = "{tmp_path}/home"\n'


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ("false\n", "exit code 1, not 0"),
        ("true   # exit code 10\n", "exit code 0, not 10"),
        ("$ echo one\ntwo\n", "it printed:\none"),
        ("$ seq 1 3\n1\n...\n4\n", "it printed:\n1\n2\n3"),
        ("exit 3\n", "the shell ended early"),
    ],
)
def test_what_is_not_as_the_page_says_is_named(tmp_path: Path, block: str, fault: str) -> None:
    (tmp_path / "page.md").write_text(f"```console\n{block}```\n")
    (found,) = run(tmp_path / "page.md", tmp_path)
    assert fault in found
