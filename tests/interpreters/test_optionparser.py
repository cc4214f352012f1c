"""Ruby's OptionParser itself is the oracle: random lines, read by it and by this reader."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read
from flycatcher.core.interpreters.engine.optionparser import complete, parse_optionparser
from flycatcher.core.interpreters.engine.options import FLAG, VALUE, CommandLine, Option, Options
from flycatcher.core.interpreters.ruby.rake import Rake

PLACED, OPTIONAL = Option("optional"), Option("attached")
LETTERS = {"e": "execute", "p": "execute-print", "E": "execute-continue", "T": "tasks", "n": "dry-run", "q": "quiet",
           "B": "build-all", "I": "libdir"}  # fmt: skip
LONG = {
    "--execute": VALUE, "--execute-print": VALUE, "--execute-continue": VALUE, "--tasks": PLACED, "--backtrace": OPTIONAL,
    "--dry-run": FLAG, "--quiet": FLAG, "--build-all": FLAG, "--color": FLAG, "--no-color": FLAG, "--libdir": VALUE,
    "--help": FLAG, "--version": FLAG,
}  # fmt: skip
TABLE = Options(
    short={letter: LONG[f"--{name}"] for letter, name in LETTERS.items()},
    long=LONG,
    permute=True,
    parser="optionparser",
)
PROGRAM = """
require "optparse"; require "json"
STDIN.each_line do |line|
  found = []
  parser = OptionParser.new do |on|
    JSON.parse(ARGV[0]).each { |words| on.on(*words) { |value| found << [words[-1][/[a-z][a-z-]*/], value == true ? nil : value] } }
    on.on("--[no-]color") { |value| found << [value ? "color" : "no-color", nil] }
  end
  begin
    rest = parser.parse(JSON.parse(line))
    puts JSON.dump([found, rest])
  rescue OptionParser::ParseError
    puts JSON.dump([found, nil])
  end
end
"""
VALUED = {"execute": " CODE", "execute-print": " CODE", "execute-continue": " CODE", "tasks": " [X]", "backtrace": "=[X]",
          "libdir": " DIR"}  # fmt: skip


def _real(lines: list[list[str]]) -> list[list[object]]:
    """Return what OptionParser finds in each line: the options with their values, and the operands or None."""
    by_name = {name: letter for letter, name in LETTERS.items()}
    names = [name[2:] for name in LONG if "color" not in name]
    switches = [
        [*([f"-{by_name[name]}"] if name in by_name else []), f"--{name}{VALUED.get(name, '')}"] for name in names
    ]
    done = subprocess.run(
        ["ruby", "-e", PROGRAM, json.dumps(switches)], input="\n".join(map(json.dumps, lines)), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def _ours(words: list[str]) -> tuple[CommandLine, list[object]]:
    """Return the same of this reader."""
    line = parse_optionparser(TABLE, ["program", *words])
    found = [[given.name[2:] if given.name[1] == "-" else LETTERS[given.name[1]], given.value] for given in line.given]
    return line, [found, None if line.error else [["program", *words][index] for index in line.operands]]


def _word(rng: random.Random) -> str:
    """Return one word: a beginning of a name, a cluster, or a word that may be a value."""
    kind = rng.random()
    if kind < 0.4:
        pieces = rng.choice(list(LONG))[2:].split("-")
        word = "--" + "-".join(piece[: rng.randrange(1, len(piece) + 1)] for piece in pieces)
        word = word[: rng.randrange(2, len(word) + 1)] if rng.random() < 0.3 else word
        word = "--" + word[2:].replace("-", "_") if rng.random() < 0.2 else word
        word = word.upper() if rng.random() < 0.2 else word
        return word + rng.choice(["=", "=A", "==B", "=x\ny"]) if rng.random() < 0.3 else word
    if kind < 0.8:
        return "-" + "".join(rng.choice("epETnqBIbclxtvhdN-=AX") for _ in range(rng.randrange(1, 5)))
    return rng.choice(["A", "", "-", "--", "x=1", "-\n", "--=", "--=x", "é", "-é"])


@pytest.mark.skipif(shutil.which("ruby") is None, reason="ruby is not installed")
def test_this_reader_and_optionparser_agree() -> None:
    rng = random.Random(5)
    lines = [[_word(rng) for _ in range(rng.randrange(5))] for _ in range(4000)]
    wrong = []
    for words, real in zip(lines, _real(lines), strict=True):
        line, ours = _ours(words)
        placed = all(
            given.value is None or ["program", *words][given.at][given.offset :] == given.value for given in line.given
        )
        if ours != real or not placed:
            wrong.append((words, real, ours))
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("--ex", "--execute"),  # the shortest name, with which the others begin
        ("--EXEC", "--execute"),
        ("--e-p", "--execute-print"),
        ("--execute-c", "--execute-continue"),
        ("--no-c", "--no-color"),
        ("--v", "--version"),
    ],
)
def test_a_name_is_known_by_the_beginnings_of_its_words(name: str, expected: str) -> None:
    found = complete(TABLE, name)
    assert not isinstance(found, str)
    assert found[0] == expected


def test_of_names_that_do_not_begin_alike_none_is_meant() -> None:
    assert complete(TABLE, "--b") == "ambiguous option --b"
    assert complete(TABLE, "--x") == "unknown option --x"


def test_a_long_word_is_not_made_into_a_pattern() -> None:
    assert complete(TABLE, "--" + "a-" * 1_000_000) == "unknown option --" + "a-" * 1_000_000


@pytest.mark.parametrize(
    "option", ["--ex", "--exe", "--exec", "--execu", "--execut", "--EXECUTE", "--e-p", "--execute_c"]
)
def test_rake_runs_the_text_of_an_abbreviation(option: str) -> None:
    reading = read(Execution(argv=("rake", option, "CODE")))
    assert reading is not None
    assert [snippet.text for snippet in reading.snippets] == ["CODE"]


@pytest.mark.skipif(shutil.which("rake") is None, reason="rake is not installed")
def test_rake_itself_takes_the_same_abbreviations(tmp_path: Path) -> None:
    rng = random.Random(7)
    names = [name for name, option in Rake.options.long.items() if option.role == "code"]
    words = {name[: rng.randrange(3, len(name) + 1)] for name in names for _ in range(8)} | {"--e", "--exc", "--ex-p"}
    wrong = []
    for word in sorted(words):
        mark = tmp_path / "mark"
        code = f'File.write({str(mark)!r}, "x")'
        subprocess.run(["rake", word, code], cwd=tmp_path, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        reading = read(Execution(argv=("rake", word, code)))
        if mark.exists() != bool(reading is not None and reading.snippets):
            wrong.append((word, mark.exists()))
        mark.unlink(missing_ok=True)
    assert wrong == []
