"""Spellings that the oracle found, once each: what the real program runs, and what it does not."""

from __future__ import annotations

import pytest

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import read

C, D = "CODE()", "MORE()"


def _texts(*argv: str, **surroundings: object) -> list[str | None]:
    reading = read(Execution(argv=argv, **surroundings))  # type: ignore[arg-type]
    assert reading is not None
    return [snippet.text for snippet in reading.snippets]


@pytest.mark.parametrize(
    ("argv", "texts"),
    [
        (("original-awk", "-safe=x", '{system("id")}'), ['{system("id")}']),  # only the very word -safe locks it
        (("original-awk", "-safe", '{system("id")}'), []),
        (("node", "-C=x", "-e", C), []),  # bad option
        (("node", "-C", "x", "-e", C), [C]),
        (("ghci", "--info", "-e", C), [C]),  # -e behind it makes ghci forget that it refuses --info
        (("ghci", "-e", C, "--info"), []),
        (("ghc", "--info", "-e", C), []),
        (("ghc", "-e", C, "--version"), []),
        (("nu", "-e", C, "-c", D), [D]),
        (("nu", "-e", C, "-e", D), [D]),
        (("nu", "-e", C, "script.nu"), []),
        (("nu", f"-c={C}"), [C]),
        (("nu", f"-c{C}"), []),
        (("exim4", "-be", "x", "${run{id}}", "-be", "${run{ls}}"), ["${run{id}}", "${run{ls}}"]),
        (("exim4", "-C", "f", "-be", "${run{id}}"), ["${run{id}}"]),
        (("exim4", "x", "${run{id}}"), []),
        (("lldb", "-b", "-o", C, "-O", D), [C, D]),
        (("blender", "-b", "--python-expr", C, "--help"), []),
        (("lftp", "--us", "x", "-c", "!id"), ["!id"]),  # getopt_long: --user takes the next word
        (("sqlite3", "-cm", ".shell id", ":memory:"), []),  # sqlite3 takes no beginnings of names
        (("sqlite3", "-cmd", ".shell id", ":memory:"), ["id"]),
    ],
)
def test_a_line_is_read_as_the_program_reads_it(argv: tuple[str, ...], texts: list[str]) -> None:
    assert _texts(*argv, stdin="null") == texts


def test_stdin_is_read_behind_other_text_where_it_is_asked_for() -> None:
    assert _texts("duk", "-e", C, "--run-stdin", stdin="pipe", stdin_text=D) == [C, D]
    assert _texts("exim4", "-be", stdin="pipe", stdin_text="${run{id}}") == ["${run{id}}"]
    assert _texts("lldb", stdin="pipe", stdin_text="shell id") == ["shell id"]
    assert _texts("lldb", "--batch", stdin="pipe", stdin_text="shell id") == ["shell id"]
    assert _texts("lldb", "--batch", "/bin/true", stdin="pipe", stdin_text="shell id") == []


@pytest.mark.parametrize("shell", ["mksh", "ksh93", "posh", "yash"])
def test_a_later_plus_takes_the_command_of_a_shell_back(shell: str) -> None:
    assert _texts(shell, "-c", "+c", stdin="pipe", stdin_text=C) == [C]
    assert _texts(shell, "+c", "-c", C) == [C]


def test_a_plus_is_no_other_command_for_bash_and_dash() -> None:
    assert _texts("dash", "+c", C) == [C]
    assert _texts("bash", "-c", "+c", C, stdin="pipe", stdin_text=D) == [C]


def test_a_pipe_has_no_end_that_mujs_could_look_for() -> None:
    assert _texts("mujs", "/dev/stdin", stdin="pipe", stdin_text=C) == []
    assert _texts("mujs", "/dev/stdin", stdin="file", stdin_text=C) == [C]


def test_a_module_of_lua_is_what_stands_behind_the_sign() -> None:
    reading = read(Execution(argv=("lua5.4", "-lstring=x", "s.lua"), env={"LUA_PATH": "/dev/fd/0"}, stdin="pipe"))
    assert reading is not None
    assert [(snippet.variable, snippet.descriptor) for snippet in reading.snippets] == [("LUA_PATH", 0)]
