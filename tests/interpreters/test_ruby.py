"""ruby's command line, case by case: what it runs, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read
from flycatcher.core.snippet import NOTHING_TO_READ

Found = list[tuple[str, str | None]]


def snippets(*words: str, **more: Any) -> Found:
    reading = read(Execution(argv=("ruby", *words), **more))
    assert reading is not None
    return [(s.vector, s.text) for s in reading.snippets]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-e", "A"], [("argument", "A")]),
        (["-eA"], [("argument", "A")]),
        (["-lane", "A", "f"], [("argument", "A")]),
        (["-e", "A", "-e", "B"], [("argument", "A"), ("argument", "B")]),
        (["-pie", "A"], []),  # -i eats the rest: A is the script
        (["-Fe", "A"], []),
        (["-xe", "A"], []),
        (["-re", "A"], []),
        (["-W:e", "A"], []),
        (["-W1e", "A"], [("argument", "A")]),
        (["-Kue", "A"], [("argument", "A")]),
        (["-0777e", "A"], [("argument", "A")]),
        (["-ve", "A"], [("argument", "A")]),
        (["-e", "A", "--version"], []),
        (["-e", "A", "-h", "--no-such-option"], []),
        (["-e", "A", "--no-such-option"], []),
        (["-ce", "BEGIN { A }"], []),
        (["-ye", "A"], []),
        (["--dump=i", "-e", "A"], []),
        (["--dump", "insns", "-e", "A"], []),
        (["--dump=nothing", "-e", "A"], [("argument", "A")]),
        (["--enable", "-e", "-e", "A"], [("argument", "A")]),  # --enable takes the next word
        (["--disable-gems", "-e", "A"], [("argument", "A")]),
        (["-w-disable=gems", "-e", "A"], [("argument", "A")]),
        (["-w-version", "-e", "A"], []),
        (["-w-", "-e", "A"], []),
        (["--", "-e", "A"], []),
        (["f", "-e", "A"], []),
        (["-C", "-e", "A"], []),
        (["-e"], []),
    ],
)
def test_options(words: list[str], expected: Found) -> None:
    assert snippets(*words, stdin="null") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], [("stdin", None)]),
        (["-"], [("stdin", None)]),
        ([""], [("stdin", None)]),
        (["-r"], [("stdin", None)]),
        (["-v"], []),
        (["--verbose"], []),
        (["-v", "-"], [("stdin", None)]),
        (["/dev/stdin"], [("descriptor", None)]),
        (["-C/dev", "stdin"], [("descriptor", None)]),
        (["-C/", "-Cdev", "fd/0"], [("descriptor", None)]),
        (["-x/dev", "stdin"], [("descriptor", None)]),
        (["-ne", "A"], [("argument", "A")]),
        (["-S", "irb", "-f"], [("stdin", None)]),
        (["/usr/bin/irb", "--inspect", "x"], [("stdin", None)]),
        (["/usr/bin/irb", "f"], []),
        (["/usr/bin/irb", "-v"], []),
        (["f"], []),
    ],
)
def test_stdin(words: list[str], expected: Found) -> None:
    assert snippets(*words, stdin="pipe") == expected


def test_irb_by_its_own_name() -> None:
    reading = read(Execution(argv=("irb", "-r", "json"), stdin="pipe"))
    assert reading is not None
    assert [(s.interpreter, s.language, s.vector) for s in reading.snippets] == [("irb", "ruby", "stdin")]


@pytest.mark.parametrize(
    ("value", "words", "expected"),
    [
        ("-w", ["-e", "A"], [("argument", "A")]),
        ("-e B", ["-e", "A"], []),  # refused as a whole
        ("-w n", ["-e", "A"], []),  # read as -n, and refused
        ("n", ["-e", "A"], [("argument", "A")]),  # a first word without a dash ends the reading
        ("- -e B", ["-e", "A"], [("argument", "A")]),
        ("-e B", ["--disable=rubyopt", "-e", "A"], [("argument", "A")]),
        ("-e B", ["--disable-all", "-e", "A"], [("argument", "A")]),
        ("-e B", ["--disable-all", "--enable=rubyopt", "-e", "A"], []),
        ("-v", [], []),
        ("--version", ["-e", "A"], []),
    ],
)
def test_rubyopt(value: str, words: list[str], expected: Found) -> None:
    assert snippets(*words, env={"RUBYOPT": value}, stdin="pipe") == expected


def test_what_is_loaded_first() -> None:
    reading = read(
        Execution(argv=("ruby", "-rjson", "-r./a", "f"), env={"RUBYOPT": "-rbundler/setup -r /opt/b.rb"}, cwd="/srv")
    )
    assert reading is not None
    loads = [(load.path, load.variable, load.argv_index) for load in reading.loads]
    assert loads == [("./a.rb", None, 2), ("bundler/setup", "RUBYOPT", None), ("/opt/b.rb", "RUBYOPT", None)]
    assert reading.snippets == []


def test_what_is_loaded_from_where_anyone_may_write() -> None:
    reading = read(Execution(argv=("ruby", "-r./a", "f"), env={"RUBYOPT": "-r/dev/shm/b"}, cwd="/tmp"))
    assert reading is not None
    found = [(s.vector, s.path, s.variable, s.argv_index) for s in reading.snippets]
    assert found == [("argument", "./a.rb", None, 1), ("environment", "/dev/shm/b.rb", "RUBYOPT", None)]
    assert snippets("-c", "-r/tmp/a", "f") == []


def test_a_loop_with_nothing_to_read_runs_begin_only() -> None:
    for text, note in (("A", NOTHING_TO_READ), ("BEGIN { A }", "")):
        reading = read(Execution(argv=("ruby", "-ne", text), stdin="null"))
        assert reading is not None
        assert [(s.text, s.note) for s in reading.snippets] == [(text, note)]


def test_ruby_s_keeps_the_script_s_switches() -> None:
    assert snippets("-s", "/usr/bin/irb", "-v", stdin="pipe") == [("stdin", None)]


def test_the_taint_level_is_an_option_of_releases_before_3() -> None:
    note = "run by earlier releases; later ones refuse the line"
    said = {}
    for exe in ("/usr/bin/ruby3.1", "/usr/bin/ruby2.7", "/usr/bin/ruby"):
        reading = read(Execution(argv=("ruby", "-T1e", "p 1"), exe=exe))
        assert reading is not None
        said[exe] = [(snippet.text, snippet.note) for snippet in reading.snippets]
    assert said == {"/usr/bin/ruby3.1": [], "/usr/bin/ruby2.7": [("p 1", "")], "/usr/bin/ruby": [("p 1", note)]}
