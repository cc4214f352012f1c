"""What is one new file in one place must have its proof and its words in another: these tests name what is missing."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.commands.scan.cli import FORMATS
from flycatcher.core.interpreters import builtin
from flycatcher.sources.buildfiles import file_types
from tests.oracle.grammars import all_grammars

ROOT = Path(__file__).parents[1]
OTHERS_GRAMMAR = {"irb": "ruby"}
"""Compared within the grammar of another interpreter, whose program it runs on."""
BY_HAND = {
    "crontab", "incrontab", "at", "tee", "man", "pudb", "fzf", "supervisord", "mocha", "ava", "tap", "vitest", "jest", "build_programs",
}  # fmt: skip
"""Tried line by line with the real program, which plants what it is given, asks for a terminal, or takes seconds to start:
``tests/interpreters/test_schedulers.py``, ``test_test_runners.py`` and ``test_build_programs.py``."""
OF_NO_TABLE = {"launchers", "watch", "php_wasm"}
"""Grammars of programs that are no interpreters and start one; and of further versions of an interpreter."""


def named(page: str) -> set[str]:
    """Return what stands between backquotes on a page."""
    return set(re.findall(r"`([^`\s]+)`", (ROOT / page).read_text(encoding="utf-8")))


def test_every_interpreter_is_compared_by_a_grammar_or_marked_unverified() -> None:
    compared = {grammar.id for grammar in all_grammars()}
    claimed = {name for name, interpreter in builtin().items() if interpreter.verified}
    assert claimed - compared - OTHERS_GRAMMAR.keys() == BY_HAND
    assert set(OTHERS_GRAMMAR.values()) | OF_NO_TABLE <= compared <= builtin().keys() | OF_NO_TABLE


def test_the_page_of_interpreters_is_what_the_tables_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["interpreters.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "tools/interpreters.py"))
    assert not ended.value.code


def test_every_file_type_and_format_of_the_scan_is_documented() -> None:
    page = named("docs/how-to/review-build-scripts.md")
    assert {file_type.id for file_type in file_types()} - page == set()
    assert set(FORMATS) - page == set()


def test_every_vector_level_and_exit_code_is_a_term() -> None:
    schema = json.loads(CliRunner().invoke(cli, ["schema", "answer"]).stdout)
    vectors = schema["$defs"]["Snippet"]["properties"]["vector"]["enum"]
    assert len(vectors) == 9
    assert set(vectors) - named("docs/reference/terms.md") == set()


def test_the_example_of_the_json_lines_contract_is_what_check_answers() -> None:
    row, _, answer = re.findall(r"^\{.*\}$|```json", (ROOT / "docs/reference/jsonl.md").read_text(), re.MULTILINE)[1:4]
    words = [sys.executable, "-m", "flycatcher", "check", "--jsonl", "-"]
    done = subprocess.run(words, input=row, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == json.loads(answer)
