"""Lua, Tcl, awk and R, case by case."""

from __future__ import annotations

import time
from typing import Any

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read
from flycatcher.core.interpreters.text_tools.awk import starts_command

Found = list[tuple[str, str | None]]


def snippets(*words: str, **more: Any) -> Found:
    reading = read(Execution(argv=words, **more))
    assert reading is not None
    return [(s.vector, s.text) for s in reading.snippets]


STDIN: Found = [("stdin", None)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("lua", "-e", "A"), [("argument", "A")]),
        (("lua", "-eA", "-e", "B", "f"), [("argument", "A"), ("argument", "B")]),
        (("lua5.4", "-ie", "A"), []),  # no clusters
        (("lua5.1", "-e", "-A"), [("argument", "-A")]),
        (("lua5.4", "-e", "-A"), []),
        (("lua", "f", "-e", "A"), []),
        (("lua",), STDIN),
        (("lua", "-"), STDIN),
        (("lua", "--", "-"), []),  # a file of this name
        (("lua", "-v"), []),
        (("lua", "-e", "A", "-i"), [("argument", "A"), ("stdin", None)]),
        (("luajit", "-joff", "-e", "A"), [("argument", "A")]),
        (("luajit", "-b", "-e", "A"), []),
        (("tclsh",), STDIN),
        (("tclsh", "-c", "A"), STDIN),  # -c is for the program that stdin holds
        (("tclsh", "f", "-"), []),
        (("tclsh", "-encoding", "utf-8", "f"), []),
        (("expect", "-c", "A"), [("argument", "A")]),
        (("expect", "-nc", "A", "f"), [("argument", "A")]),
        (("expect", "-c", "A", "-f", "-"), [("argument", "A"), ("stdin", None)]),
        (("expect", "f", "-c", "A"), []),
        (("expect", "-c", "A", "-v"), [("argument", "A")]),  # -c has run by then
        (("R", "-e", "A"), [("argument", "A")]),
        (("R", "--no-save"), STDIN),
        (("R", "--no-save", "-e=A"), STDIN),  # no option
        (("R", "-e", "A", "--save", "-e=B"), [("argument", "A")]),
        (("R", "-f=x", "-e", "A"), [("argument", "A")]),
        (("R",), []),  # refused: neither --save nor --no-save
        (("R", "--args", "-e", "A", "--no-save"), []),
        (("R", "--no-echo", "-e", "cat(1,~+~2)"), [("argument", "cat(1, 2)")]),
        (("Rscript", "-e", "A", "-e", "B", "x", "-e", "C"), [("argument", "A"), ("argument", "B")]),
        (("Rscript", "f", "-e", "A"), []),
        (("Rscript", "-"), STDIN),
        (("Rscript", "--version", "-e", "A"), []),
    ],
)
def test_lines(words: tuple[str, ...], expected: Found) -> None:
    assert snippets(*words, stdin="pipe") == expected


@pytest.mark.parametrize(
    ("program", "variable", "words", "expected"),
    [
        ("lua5.4", "LUA_INIT", ("f",), [("environment", "A")]),
        ("lua5.4", "LUA_INIT_5_4", ("f",), [("environment", "A")]),
        ("lua5.4", "LUA_INIT_5_3", ("f",), []),
        ("lua5.4", "LUA_INIT", ("-E", "f"), []),
        ("lua5.4", "LUA_INIT", ("-x",), []),
        ("lua5.1", "LUA_INIT", ("-x",), [("environment", "A")]),  # 5.1 runs it before it looks at the line
        ("lua5.1", "LUA_INIT", ("-E", "f"), [("environment", "A")]),  # which has no -E
        ("lua5.1", "LUA_INIT_5_1", ("f",), []),
        ("luajit", "LUA_INIT", ("-v",), [("environment", "A")]),
    ],
)
def test_lua_init(program: str, variable: str, words: tuple[str, ...], expected: Found) -> None:
    assert snippets(program, *words, env={variable: "A"}, stdin="null") == expected


def test_a_file_in_lua_init_is_an_observation_unless_anyone_may_write_it() -> None:
    reading = read(Execution(argv=("lua", "f"), env={"LUA_INIT": "@/etc/init.lua"}))
    assert reading is not None
    assert ([load.path for load in reading.loads], reading.snippets) == (["/etc/init.lua"], [])
    reading = read(Execution(argv=("lua", "f"), env={"LUA_INIT": "@/tmp/init.lua"}))
    assert reading is not None
    assert [(s.path, s.variable) for s in reading.snippets] == [("/tmp/init.lua", "LUA_INIT")]


@pytest.mark.parametrize(
    "text",
    [
        'BEGIN{system("id")}', '{print | "sh"}', '{ print $1 |& "nc x 1" }', '"date" | getline d', 'BEGIN{f="system"; @f("id")}',
        '{ x = a / b; y = "/" | z }', '{ print /"/ ; print "x" | c }',
    ],
)  # fmt: skip
def test_awk_text_that_starts_a_command(text: str) -> None:
    assert starts_command(text)
    assert snippets("awk", "-F:", text, "f") == [("argument", text)]


@pytest.mark.parametrize(
    "text", ["{print $1}", 'BEGIN{FS="|"} /a|b/ {print}', "$1 ~ /x|y/ || z", "# a | b\n{print}", '{gsub(/"|x/, "")}']
)
def test_awk_text_that_only_works_on_text(text: str) -> None:
    assert not starts_command(text)
    assert snippets("awk", text, "f") == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("gawk", "-e", 'BEGIN{system("a")}', "x"), [("argument", 'BEGIN{system("a")}')]),
        (
            ("gawk", "-o", "--prof", "BEGIN{system(1)}"),
            [("argument", "BEGIN{system(1)}")],
        ),  # --profile overrides --pretty-print
        (("gawk", "-e", "BEGIN{system(1)}", "--csv=x"), [("argument", "BEGIN{system(1)}")]),
        (("gawk", "-e", "BEGIN{system(1)}", "-k", "--field-separa"), [("argument", "BEGIN{system(1)}")]),
        (("gawk", "-e", "BEGIN{system(1)}", "--field-separa"), []),
        (("gawk", "-Wposix", "--s", "BEGIN{system(1)}", "-We"), [("argument", "BEGIN{system(1)}")]),
        (("gawk", "-Wtraditional", "--s", "BEGIN{system(1)}"), []),
        (("gawk", "--so=BEGIN{system(1)}"), [("argument", "BEGIN{system(1)}")]),
        (("gawk", "--file=", "/dev/stdin"), [("descriptor", None)]),
        (("gawk", "--file=", "prog"), []),
        (("gawk", "--exec="), []),
        (("gawk", "-P", "--bogus", "-e", "BEGIN{system(1)}"), [("argument", "BEGIN{system(1)}")]),
        (("gawk", "--bogus", "-e", "BEGIN{system(1)}"), []),
        (("gawk", "-W", "source=BEGIN{system(1)}"), [("argument", "BEGIN{system(1)}")]),
        (("gawk", "-S", "BEGIN{system(1)}"), []),
        (("gawk", "-e", "BEGIN{system(1)}", "--zz", "-o"), [("argument", "BEGIN{system(1)}")]),  # it leaves off at --zz
        (("gawk", "--zz", "BEGIN{system(1)}"), []),
        (("gawk", "-f", "p.awk", "system("), []),
        (("gawk", "-f", "/dev/stdin"), [("descriptor", None)]),
        (("mawk", "-W", "exec", "-"), [("stdin", None)]),
        (("mawk", "-Wexec=/dev/stdin", "x"), [("descriptor", None)]),
        (("mawk", "-Wexec=p.awk", "/dev/stdin"), []),
        (("mawk", "--source", "BEGIN{system(1)}"), []),
        (("busybox", "awk", "-W", "version", "BEGIN{system(1)}"), [("argument", "BEGIN{system(1)}")]),  # it ignores -W
        (("busybox", "awk", "-fp.awk", "-e", "END{system(1)}"), [("argument", "END{system(1)}")]),
        (("busybox", "awk", "-S", "BEGIN{system(1)}"), []),
        (("original-awk", "-safe", "BEGIN{system(1)}"), []),
        (
            ("original-awk", "-ef", "BEGIN{system(1)}"),
            [("argument", "BEGIN{system(1)}")],
        ),  # an unknown word is left aside
    ],
)
def test_awk_lines(words: tuple[str, ...], expected: Found) -> None:
    assert snippets(*words, stdin="pipe") == expected


def test_mawk_passes_over_long_options_where_a_variable_says_so() -> None:
    words = ("mawk", "--source", "BEGIN{system(1)}")
    found = {
        value: read(Execution(argv=words, env={"MAWK_LONG_OPTIONS": value}, stdin="null"))
        for value in ("warn", "error")
    }
    assert [s.text for s in found["warn"].snippets] == ["BEGIN{system(1)}"]
    assert found["error"].snippets == []


def test_hostile_awk_text_takes_little_time() -> None:
    start = time.process_time()
    for text in ("/" * 50_000, '"' * 50_000, "(/[" * 20_000, "(/a" * 20_000, "system " * 20_000, "[" * 50_000):
        starts_command(text)
    assert time.process_time() - start < 3


def test_tcl_reads_the_indexes_of_libraries_where_anyone_may_write() -> None:
    for program in ("tclsh", "expect"):
        reading = read(Execution(argv=(program, "x.tcl"), env={"TCLLIBPATH": "/usr/lib/x {/tmp/d}"}))
        assert reading is not None
        assert [(snippet.variable, snippet.path) for snippet in reading.snippets] == [
            ("TCLLIBPATH", "/tmp/d/pkgIndex.tcl")
        ]
        quiet = read(Execution(argv=(program, "x.tcl"), env={"TCLLIBPATH": "/usr/lib/x"}))
        assert quiet is not None
        assert quiet.snippets == []
