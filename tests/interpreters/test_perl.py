"""perl's command line, case by case: what it runs, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read
from flycatcher.core.snippet import NOTHING_TO_READ

Found = list[tuple[str, str | None]]


def snippets(*words: str, **more: Any) -> Found:
    reading = read(Execution(argv=("perl", *words), **more))
    assert reading is not None
    return [(s.vector, s.text) for s in reading.snippets]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-e", "A"], [("argument", "A")]),
        (["-eA"], [("argument", "A")]),
        (["-E", "A"], [("argument", "A")]),
        (["-lne", "A", "f"], [("argument", "A")]),
        (["-we", "A", "-e", "B"], [("argument", "A"), ("argument", "B")]),
        (["-0777ne", "A", "f"], [("argument", "A")]),
        (["-0xae", "A"], []),  # every letter is a hexadecimal digit: the separator is 0xAE, and A is the script
        (["-0xfe0g", "-e", "A"], []),  # not all are: -0 and -x with a folder, and -x finds no script in -e
        (["-l012ne", "A", "f"], [("argument", "A")]),
        (["-pie", "A"], []),  # -i eats the rest: A is the script
        (["-pi -e", "A", "f"], [("argument", "A")]),  # a blank ends -i's suffix, and the word goes on
        (["-F, -ane", "A", "f"], [("argument", "A")]),
        (["-w -e A"], [("argument", " A")]),
        (["-Fe", "A"], []),
        (["-Dxe", "A"], []),
        (["-Ie", "A"], []),
        (["-I", "-e", "A"], []),
        (["-de", "A"], [("argument", "A")]),
        (["-dte", "A"], [("argument", "A")]),
        (["-CSDe", "A"], []),
        (["-CSD", "-e", "A"], [("argument", "A")]),
        (["-Ve", "A"], [("argument", "A")]),
        (["-V:e", "A"], []),
        (["-v", "-e", "A"], []),
        (["-e", "A", "-v"], []),
        (["-e", "A", "--help"], []),
        (["-e", "A", "-Q"], []),
        (["-w-", "-e", "A"], []),
        (["--", "-e", "A"], []),
        (["f", "-e", "A"], []),
        (["-xe", "A"], []),
        (["-e"], []),
    ],
)
def test_switch_words(words: list[str], expected: Found) -> None:
    assert snippets(*words, stdin="null") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-Mv5;A", "f"], [("module-option", "v5;A")]),
        (["-M-strict;A", "f"], [("module-option", "-strict;A")]),
        (["-MPOSIX A()", "f"], [("module-option", "POSIX A()")]),
        (["-MPOSIX qw(floor ceil)", "f"], []),
        (["-MJSON::PP", "f"], []),
        (["-M5.010", "f"], []),
        (["-MFoo=A;B()", "f"], []),  # what follows = is quoted
        (["-mFoo;A", "f"], []),  # refused
        (["-d:Foo;A", "f"], [("module-option", "Foo;A")]),
        (["-d:Foo=a,b", "f"], []),
        (["-d:Foo=});A;({", "f"], [("module-option", "Foo=});A;({")]),
        (["-F/,/,$_);A;(1", "f"], [("module-option", "/,/,$_);A;(1")]),
        (["-F/[,;]/", "f"], []),
        (["-F/(?{A})/", "f"], [("module-option", "/(?{A})/")]),
    ],
)
def test_text_inside_other_switches(words: list[str], expected: Found) -> None:
    assert snippets(*words, stdin="null") == expected


@pytest.mark.parametrize(
    ("value", "words", "expected"),
    [
        ("-Mv5;A", [], [("environment", "v5;A")]),
        ("Mv5;A", [], [("environment", "v5;A")]),
        ("-w  -Mv5;A", [], [("environment", "v5;A")]),
        ("-wMv5;A", [], []),  # only the first switch of a word counts
        ("-T -Mv5;A", [], []),  # what follows a leading -T is not read
        ("-Mv5;A", ["-T"], []),
        ("-Mstrict", [], []),
        ("-eA", ["-e", "B"], []),  # refused as a whole
    ],
)
def test_perl5opt(value: str, words: list[str], expected: Found) -> None:
    assert snippets(*words, *([] if "-e" in words else ["f"]), env={"PERL5OPT": value}, stdin="null") == expected


def test_the_place_of_text_in_perl5opt() -> None:
    reading = read(Execution(argv=("perl", "f"), env={"PERL5OPT": " -w -Mv5;A"}))
    assert reading is not None
    (snippet,) = reading.snippets
    assert (snippet.variable, snippet.offset, snippet.argv_index) == ("PERL5OPT", 6, None)


def test_a_module_in_perl5opt_is_an_observation() -> None:
    reading = read(Execution(argv=("perl", "f"), env={"PERL5OPT": "-MDevel::Cover"}, cwd="/tmp"))
    assert reading is not None
    assert (reading.snippets, [load.path for load in reading.loads]) == ([], ["Devel::Cover"])


def test_perl5db_counts_with_the_debugger_only() -> None:
    env = {"PERL5DB": "A"}
    assert snippets("-d", "f", env=env) == [("environment", "A")]
    assert snippets("f", env=env) == []
    assert snippets("-d:NYTProf", "f", env=env) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], [("stdin", None)]),
        (["-"], [("stdin", None)]),
        ([""], [("stdin", None)]),
        (["--"], [("stdin", None)]),
        (["-w-"], [("stdin", None)]),
        (["/dev/stdin"], [("descriptor", None)]),
        (["/dev/fd/0/any-name"], [("descriptor", None)]),
        (["-ne", "A"], [("argument", "A")]),
        (["-V"], []),
        (["f"], []),
    ],
)
def test_stdin(words: list[str], expected: Found) -> None:
    assert snippets(*words, stdin="pipe") == expected


def test_an_unknown_stdin_counts_where_it_is_asked_for() -> None:
    assert snippets() == []
    assert snippets("-") == [("stdin", None)]


@pytest.mark.parametrize("check", ["-c", "-u", "-MO=Deparse"])
def test_compiling_alone_runs_begin_blocks_and_import_lists(check: str) -> None:
    assert snippets(check, "-e", "A") == []
    assert snippets(check, "-e", "use strict; A") == []
    assert snippets(check, "-e", "BEGIN { A }") == [("argument", "BEGIN { A }")]
    assert snippets(check, "-e", "use POSIX (A());") == [("argument", "use POSIX (A());")]
    assert snippets(check, stdin="pipe", stdin_text="A") == []
    assert snippets(check, stdin="pipe") == [("stdin", None)]


def noted(*words: str) -> list[tuple[str | None, str]]:
    """Return each text with its note, where stdin is empty."""
    reading = read(Execution(argv=("perl", *words), stdin="null"))
    assert reading is not None
    return [(snippet.text, snippet.note) for snippet in reading.snippets]


def test_a_loop_with_nothing_to_read_runs_its_blocks_only() -> None:
    assert noted("-ne", "A") == [("A", NOTHING_TO_READ)]
    assert noted("-ne", "BEGIN { A }") == [("BEGIN { A }", "")]
    assert snippets("-ne", "}{A", stdin="null") == [("argument", "}{A")]
    assert snippets("-ne", "A", "f", stdin="null") == [("argument", "A")]


def test_operands_of_a_loop_may_be_commands() -> None:
    reading = read(Execution(argv=("perl", "-pe1", "id |", "|wc", "f", "-|"), stdin="null"))
    assert reading is not None
    found = [(s.language, s.text, s.argv_index, s.offset) for s in reading.snippets]
    assert found == [("perl", "1", 1, 3), ("shell", "id ", 2, 0), ("shell", "wc", 3, 1)]
    assert snippets("-e1", "id |") == [("argument", "1")]


def test_a_hostile_import_list_takes_no_time() -> None:
    text = "Foo " + "1" * 100_000 + " " + "a=>" * 50_000 + "!"
    assert snippets("-M" + text, "f") == [("module-option", text)]
