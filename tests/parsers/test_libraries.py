"""What the libraries themselves made of generated lines, and what the engine's rules make of them."""

from __future__ import annotations

import json
import shutil
import sys
from typing import get_args

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read as read_execution
from flycatcher.core.interpreters.engine import catalog
from flycatcher.core.interpreters.engine.libraries import RULES
from flycatcher.core.interpreters.engine.options import Parser
from flycatcher.core.interpreters.engine.parsers import LIBRARIES
from tests.parsers.lines import MINIMISTS, lines, read, table
from tests.parsers.real import FOLDER, RECORDERS, ask

PERL, CLICK = str(RECORDERS / "getopt_long.pl"), str(RECORDERS / "click_lines.py")
HERE = {
    ("click", False): (sys.executable, CLICK),
    ("click", True): (sys.executable, CLICK, "first"),
    ("getopt::long", False): ("perl", PERL),
    ("getopt::long", True): ("perl", PERL, "require_order"),
    ("getopt::long bundling", False): ("perl", PERL, "bundling"),
    ("getopt::long bundling", True): ("perl", PERL, "bundling", "require_order"),
}
"""The libraries that every machine with the tests has: whether options end at the first operand, and what reads lines."""


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.jsonl")), ids=lambda file: file.stem)
def test_the_engine_reads_what_the_library_read(file: str) -> None:
    head, *rows = map(json.loads, (FOLDER / file).read_text().splitlines())
    options = table(head["library"], first=head["first"], loose=head.get("loose", False))
    read_here = [(words, read(options, words)) for words, _ in rows]
    assert read_here == [(words, found and tuple(found)) for words, found in rows]
    assert len(rows) == 330


@pytest.mark.skipif(shutil.which("perl") is None, reason="perl is not installed")
@pytest.mark.parametrize(("library", "first"), HERE)
def test_the_engine_reads_what_the_installed_library_reads(library: str, *, first: bool) -> None:
    made, options = lines(2000, 7, library), table(library, first=first)
    asked = ask(HERE[library, first], made)
    wrong = [
        (words, found, read(options, words))
        for words, found in zip(made, asked, strict=True)
        if read(options, words) != found
    ]
    assert wrong == []


def test_each_library_has_its_rules_and_its_record() -> None:
    recorded = {json.loads(file.read_text().partition("\n")[0])["library"] for file in FOLDER.glob("*.jsonl")}
    assert recorded == set(RULES) | set(MINIMISTS) == LIBRARIES | set(MINIMISTS)


def test_each_interpreter_states_whose_rules_its_words_are_read_by() -> None:
    interpreters = [interpreter for module in catalog.modules() for interpreter in catalog.declared(module)]
    assert len(interpreters) > 150
    silent = [
        one.id for one in interpreters if not hasattr(one, "options") or one.options.parser not in get_args(Parser)
    ]
    assert silent == []


def _texts(*argv: str) -> list[str | None]:
    reading = read_execution(Execution(argv=argv))
    assert reading is not None
    return [snippet.text for snippet in reading.snippets]


@pytest.mark.parametrize(
    ("argv", "texts"),
    [
        (("sqlite-utils", "insert", "a.db", "t", "-", "--convert=CODE"), ["CODE"]),
        (("sqlite-utils", "insert", "a.db", "t", "-", "--conv", "CODE"), []),  # click takes no beginnings
        (("rename", "--e=rmdir q(x)", "file"), ["rmdir q(x)"]),  # a letter is a name for Getopt::Long
        (("rename", "-u", "utf8", "rmdir q(x)", "file"), ["rmdir q(x)"]),
        (("elvish", "-c=true", "CODE"), ["CODE"]),  # a flag of Go's takes a truth value
        (("elvish", "--c=false", "CODE"), []),
    ],
)
def test_a_program_reads_its_words_by_its_library(argv: tuple[str, ...], texts: list[str | None]) -> None:
    assert _texts(*argv) == texts
