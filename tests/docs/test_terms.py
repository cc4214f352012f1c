"""The glossary lists the words that records use, all of them and no others."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, get_args, get_type_hints

import click
import pytest

from flycatcher.commands import cli
from flycatcher.core.detection import Policy
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.reading import Outcome
from flycatcher.core.levels import STARTS
from flycatcher.core.snippet import InterpreterClass, Vector
from flycatcher.sources.notice import NoticeKind
from flycatcher.sources.sensors.ebpf.sensor import _OWN_PLACES
from flycatcher.sources.sensors.ebpf.wire import LOSSES
from tests.docs.console import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PRIVATE_WORDS = (
    "side door",
    "at a glance",
    "the glance",
    "put aside",
    "is told of",
    "shows as a hole",
    "text was not seen",
)
"""Words that a reader of this field does not know; the glossary has others for them."""
PAGE = (ROOT / "docs/reference/terms.md").read_text(encoding="utf-8")


def section(heading: str) -> list[list[str]]:
    """Return the rows of the table below a heading, without its head."""
    text = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [re.split(r"(?<!\\) \| ", row.strip("| ")) for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)[2:]]


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Vectors", get_args(Vector)),
        ("Interpreter classes", get_args(InterpreterClass)),
        ("Outcomes of a command line", get_args(Outcome)),
        ("Policy actions", get_args(get_type_hints(Policy)["action"])),
        ("Notices", get_args(NoticeKind)),
    ],
)
def test_a_list_of_terms_is_the_one_that_records_use(heading: str, words: tuple[str, ...]) -> None:
    assert len(words) > 2
    shown = [word for row in section(heading) for word in re.findall(r"`([^`]+)`", row[0])]
    assert sorted(shown) == sorted(words)


def test_the_levels_begin_where_the_page_says() -> None:
    assert {row[0].strip("`"): int(row[1]) for row in section("Risk levels")} == STARTS


def test_the_glossary_is_in_order_and_defines_each_term_once_and_shortly() -> None:
    terms = [row[0] for row in section("Glossary")]
    assert terms == sorted(set(terms))
    assert [row[0] for row in section("Glossary") if len(row[1]) > 200] == []


def test_the_index_names_each_section() -> None:
    assert re.findall(r"^## (.*)$", PAGE, re.MULTILINE)[1:] != []
    links = re.findall(r"\]\(#([\w-]+)\)", PAGE.split("## Glossary")[0])
    assert links == [name.lower().replace(" ", "-") for name in re.findall(r"^## (.*)$", PAGE, re.MULTILINE)]


def test_every_place_at_which_something_can_be_lost_is_explained() -> None:
    page = (ROOT / "docs/how-to/watch-a-host.md").read_text(encoding="utf-8")
    rows = [row.split(" | ", 1)[0] for row in re.findall(r"^\| (`.*)$", page, re.MULTILINE)]
    assert {*LOSSES, *_OWN_PLACES} - {place for row in rows for place in re.findall(r"`([^`]+)`", row)} == set()


def test_every_command_stands_on_the_page_that_chooses_one() -> None:
    page = (ROOT / "docs/which-command.md").read_text(encoding="utf-8")
    rows = "\n".join(re.findall(r"^\|.*\|$", page, re.MULTILINE))
    assert set(cli.list_commands(click.Context(cli))) - set(re.findall(r"`flycatcher (\w+)", rows)) == set()


def test_the_interpreter_that_contributors_are_shown_works() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^   ```python\n(.*?)^   ```", page, re.MULTILINE | re.DOTALL)
    shown: dict[str, type[Interpreter]] = {}
    exec(textwrap.dedent(code), shown)
    found = shown["Frob"]().read(Execution(argv=("frob", "-ve", "say 1", "x")))
    assert [(snippet.vector, snippet.option, snippet.text) for snippet in found.snippets] == [
        ("argument", "-e", "say 1")
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_uses_the_words_of_the_glossary(page: Path) -> None:
    text = page.read_text(encoding="utf-8").lower()
    assert [word for word in PRIVATE_WORDS if word in text] == []
